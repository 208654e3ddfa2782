/* SPDX-License-Identifier: Apache-2.0 */
/* The spool as it was: what had been taken in by then, by the log that every item is entered in. */
#include "spool/inside.h"

/* The log is in order of intake; where its times are not, this machine's clock was set back. */
static int count_back(struct spool *s, uint64_t *ret, struct valise_err *err)
{
	bool row;
	CLEAN_QUERY struct query q = query_of(
		&s->db,
		"SELECT count(*) FROM (SELECT taken_in_s, max(taken_in_s) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING "
		"AND 1 PRECEDING) AS latest FROM item) WHERE taken_in_s < latest");
	int r = query_next(&q, &row, err);
	return r ? r : row_size(&q, 0, ret, err);
}

int spool_look_back(struct spool *s, int64_t as_of_s, uint64_t *ret_back, struct valise_err *err)
{
	uint64_t back = 0;
	if (!s->is_read_only)
		return err_set(err, VALISE_E_USAGE, "only a spool that is open for reading can be seen as it was");
	int r = ret_back ? count_back(s, &back, err) : 0;
	if (r)
		return r;
	s->as_of_s = as_of_s;
	s->own_changes++;
	if (ret_back)
		*ret_back = back;
	return 0;
}
