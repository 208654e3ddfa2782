/* SPDX-License-Identifier: Apache-2.0 */
/* Long registers: an office that has appointed and dismissed more officers than anybody will. */
#include <inttypes.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "forge.h"
#include "format/item.h"
#include "format/register.h"
#include "format/vkey.h"

#define PER_ENTRY_MAX 256u

struct chain {
	const char *name;
	uint64_t entries, readers, per_entry;
	struct hash office, previous;
	uint64_t appointed;                /* of the clerks; those of the last entry that appointed go with the next */
	struct vkey clerks[PER_ENTRY_MAX]; /* still in standing */
	size_t n_clerks;
	struct appointment one[PER_ENTRY_MAX];
	struct dismissal gone[PER_ENTRY_MAX];
	char recipients[PER_ENTRY_MAX][AGE_RECIPIENT_TEXT_BYTES + 1];
};

static void appoint(struct chain *c, size_t i, const char *kind, uint64_t number, unsigned roles)
{
	CLEAN_ATTACKER struct attacker o = {0};
	CLEAN_BUF struct buf to = FORGE_BUF;
	char name[160];
	(void)snprintf(name, sizeof name, "%s-%s%" PRIu64, c->name, kind, number);
	attacker_load(name, &o);
	age_recipient_write(&to, &o.recipient);
	(void)snprintf(c->recipients[i], sizeof c->recipients[i], "%s", (char *)to.data);
	c->one[i] = (struct appointment){
		.key = o.vkey, .roles = roles, .recipient = str_of(c->recipients[i]), .title = STR("Officer")};
}

/* What the entry does: founds, appoints clerks, dismisses them, or, at the end, appoints a reader who stays. */
static void fill(struct chain *c, uint64_t i, struct register_entry *e)
{
	if (i > 0 && i + c->readers >= c->entries) {
		appoint(c, 0, "reader-", i + c->readers - c->entries + 1, ROLE_CLERK | ROLE_READER);
		e->n_appointments = 1;
	} else if (c->n_clerks) {
		for (size_t k = 0; k < c->n_clerks; k++)
			c->gone[k] = (struct dismissal){.key = c->clerks[k], .reason = STR("moved on")};
		e->n_dismissals = c->n_clerks;
		c->n_clerks = 0;
	} else if (i > 0) {
		for (size_t k = 0; k < c->per_entry; k++) {
			appoint(c, k, "", ++c->appointed, ROLE_CLERK);
			c->clerks[k] = c->one[k].key;
		}
		e->n_appointments = c->n_clerks = c->per_entry;
	}
	e->appointments = c->one;
	e->dismissals = c->gone;
}

/* NAME ENTRIES READERS PER-ENTRY: the card. Entries appoint so many clerks, and the next dismisses them; the last READERS appoint
 * "NAME-reader-1", ..., who acknowledge and read. */
int forge_register(int n, char **args)
{
	static struct chain c;
	CLEAN_BUF struct buf card = FORGE_BUF;
	CLEAN_ATTACKER struct attacker keeper = {0}, next = {0};
	char by[128], later[128], *signer = by;
	if (n != 4 || number_arg(args[3]) > PER_ENTRY_MAX)
		give_up("a name and three numbers are needed, the last at most %u", PER_ENTRY_MAX);
	c = (struct chain){.name = args[0],
			   .entries = number_arg(args[1]),
			   .readers = number_arg(args[2]),
			   .per_entry = number_arg(args[3])};
	(void)snprintf(by, sizeof by, "%s-keeper", c.name);
	(void)snprintf(later, sizeof later, "%s-next", c.name);
	attacker_load(by, &keeper);
	attacker_load(later, &next);
	struct hash commitment;
	vkey_commitment(&next.vkey, &commitment);
	for (uint64_t i = 0; i < c.entries; i++) {
		CLEAN_BUF struct buf text = FORGE_BUF, note = FORGE_BUF;
		struct register_entry e = {.office = c.office,
					   .seq = i,
					   .previous = c.previous,
					   .time_s = INT64_C(1700000000) + (int64_t)i * 60,
					   .by = &keeper.vkey,
					   .n_by = 1};
		fill(&c, i, &e);
		if (i == 0) {
			e.is_first = e.has_keepers = true;
			e.name = str_of(c.name);
			e.keepers_quorum = e.next_quorum = 1;
			e.keepers = &keeper.vkey;
			e.next = &commitment;
			e.n_keepers = e.n_next = 1;
		}
		MUST(register_entry_write(&e, &text, &err));
		sign_text(buf_str(&text), &signer, 1, false, &note);
		c.previous = hash_of(buf_str(&text));
		if (i == 0) {
			c.office = c.previous;
			buf_addf(&card, "valise/card@v1\noffice %s\n", hash_hex(&c.office).text);
		}
		item_write(&card, STR("register"), buf_str(&note));
	}
	buf_add_text(&card, "end\n");
	spit("-", buf_str(&card));
	return 0;
}
