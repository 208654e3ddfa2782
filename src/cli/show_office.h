/* SPDX-License-Identifier: Apache-2.0 */
/* An office and its officers on standard output, for a person and for a program. */
#ifndef CLI_SHOW_OFFICE_H
#define CLI_SHOW_OFFICE_H

#include <valise/valise.h>

#include "cli/json.h"

struct cli;

void show_office(const struct cli *c, const struct valise_office *o);
void show_officers(const struct cli *c, const struct valise_office *o);
/* As spec/json.md "office". */
void json_office(struct json *j, const char *key, const struct valise_office *o);
/* {"office": ...} on standard output. */
int print_office(struct cli *c, const struct valise_office *o);

static inline void valise_office_freep(struct valise_office **o)
{
	valise_office_free(*o);
}
#define CLEAN_OFFICE __attribute__((cleanup(valise_office_freep)))

#endif
