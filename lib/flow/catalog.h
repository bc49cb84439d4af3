/*
 * The applied matrix versions as a process keeps them: parsed once, looked up
 * again when half a second old, so that a new version is in force within a
 * second and without a restart.
 */
#ifndef RUNG_FLOW_CATALOG_H
#define RUNG_FLOW_CATALOG_H

#include "flow/app.h"

struct shelf;

struct shelf	*shelf_new(void);
void		 shelf_free(struct shelf **);

/* A new request begins: catalogs handed out before may go. */
void		 shelf_turn(struct shelf *);

struct shelf	*app_shelf(struct app *);

#endif
