/*
 * rung.yaml into the settings table of base/conf.h, and the matrix's sibling
 * in everything: events, positions, all findings.
 */
#ifndef RUNG_WIRE_CONF_READ_H
#define RUNG_WIRE_CONF_READ_H

#include "base/conf.h"
#include "wire/matrix_read.h"

/*
 * Read the text of a configuration file into *conf (initialised by
 * conf_init), resolve `file:/path` secrets, and run conf_finish.
 * RC_INVALID_VALUE with findings.
 */
enum rc conf_read(struct str yaml, struct arena *, struct conf *,
    struct findings *, struct err *);

#endif
