/* SPDX-License-Identifier: Apache-2.0 */
/* The files and directories of a letter, read once, in order, into the body's tar. */
#ifndef OFFICE_SEAL_PARTS_H
#define OFFICE_SEAL_PARTS_H

#include "format/cover.h"
#include "office/office.h"
#include "office/seal_stream.h"

/* Parts as the person named them: checked to be there, named apart from each other, sorted. */
struct planned_part {
	const char *path; /* the caller's; "-" is standard input */
	struct buf name;  /* its last component */
	bool is_dir;
	uint64_t bytes; /* of a file, as of now */
};
struct part_plan {
	struct planned_part *parts;
	size_t n;
	uint64_t bytes; /* of all, as of now; directories are counted by the survey */
	/* Few small files, and nothing else: reading them is no work that anybody waits for, and any thread may do it. */
	bool is_small;
};
#define CLEAN_PART_PLAN CLEANUP(part_plan_release)
CHECKED int part_plan_make(const char *const *paths, size_t n, struct part_plan *ret, struct valise_err *err);
/* A walk through its directories before anything is read of them, counting bytes: no letter holds a whole disk, and whoever names one is
 * told at once. VALISE_E_USAGE when the office's own directory is there, VALISE_E_LIMIT. */
CHECKED int part_plan_survey(struct valise *v, struct part_plan *plan, struct valise_err *err);
void part_plan_release(struct part_plan *p);

/* Writes the tar and its zero fill. ret_parts: plan->n of them, their names borrowed from the plan. VALISE_E_CHANGED when a file
 * changed meanwhile. */
CHECKED int parts_write(struct valise *v, const struct part_plan *plan, struct stream_sealer *s, struct part *ret_parts,
			struct valise_err *err);

#endif
