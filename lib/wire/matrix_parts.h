/*
 * What matrix_read.c and matrix_parts.c share: one reading of one matrix.
 */
#ifndef RUNG_WIRE_MATRIX_PARTS_H
#define RUNG_WIRE_MATRIX_PARTS_H

#include "core/matrix.h"
#include "wire/claims.h"
#include "wire/value.h"

struct reading {
	struct arena	*arena;
	struct report	*report;
	struct claims	 names;		/* capabilities; number: in `told`, from
					 * 1; 0: not told */
	struct capability *told;	/* the section of capabilities */
	struct claims	 ranks;
	struct claims	 prices;	/* "stripe price_pro" */
	struct claims	 slots;		/* number: the asset type */
};

/* The members of a tier or add-on; each takes the value of its name. */
void	read_capabilities(struct reading *, const struct tree *, struct tier *);
void	read_limits(struct reading *, const struct tree *, struct tier *);
void	read_assets(struct reading *, const struct tree *, struct tier *);
void	read_prices(struct reading *, const struct tree *, struct tier *);

/* Is there room for so many?  Reports if not. */
bool	read_fits(struct reading *, const struct tree *, size_t most);

#endif
