/*
 * What doc.c and the scanner share; everybody else includes wire/doc.h.
 */
#ifndef RUNG_WIRE_DOC_SCAN_H
#define RUNG_WIRE_DOC_SCAN_H

#include "wire/doc.h"

/*
 * doc_scan, which also tells whether json-c would misread something (*odd).
 * Given a copy of the text in mended, it writes there what json-c reads
 * rightly, byte for byte as long: an integer beyond 64 bits as a number with
 * an exponent, a NUL inside a name as U+FFFD.
 */
enum rc doc_scan_mend(struct str text, enum doc_rules, char *mended,
    bool *odd, struct err *);

/* How deep a text may nest under these rules. */
unsigned doc_depth(enum doc_rules);

#endif
