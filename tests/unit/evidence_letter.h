/* SPDX-License-Identifier: Apache-2.0 */
/* The letter of most tests: Harbour Legal's to Mission Oslo, by Northline's hands, with a relay and a stranger looking on. */
#ifndef TESTS_EVIDENCE_LETTER_H
#define TESTS_EVIDENCE_LETTER_H

#include "evidence_cast.h"

enum {
	HARBOUR = 41, /* all roles */
	OSLO_CLERK = 42,
	OSLO_READER = 43,
	OSLO_SPEAKER = 44, /* principal and spokesperson */
	OSLO_MACHINE = 45, /* clerk, unattended */
	NORTHLINE = 46,
	RELAY = 47, /* courier, unattended */
	STRANGER = 48,
	BERGEN = 49,
	OSLO_LAPSED = 50, /* clerk until T0 + a day */
	OSLO_SECOND = 51, /* another clerk */
};

#define ALL_BUT_MACHINE ((unsigned)ROLE_ALL & ~(unsigned)ROLE_MACHINE)

struct letter {
	const struct verified_entry *harbour, *oslo, *northline, *relay, *stranger, *bergen;
	const struct verified_seal *seal;  /* to Mission Oslo, answer by T0 + 30 days */
	const struct verified_seal *both;  /* to Mission Oslo and Consulate Bergen */
	const struct verified_seal *paper; /* to Mission Oslo, and to an addressee without a card */
};

static inline const struct verified_entry *letter_office(const char *name, unsigned keeper, unsigned next, unsigned key,
							 unsigned roles)
{
	return cast_entry(&(struct cast_entry){.time_s = T0 - 100 * DAY,
					       .name = name,
					       .keepers = {keeper},
					       .next = {next},
					       .appoint = {{key, roles, "Registry", 0}},
					       .by = {keeper}});
}

static inline const struct letter *the_letter(void)
{
	static struct letter l;
	if (l.seal)
		return &l;
	l.harbour = letter_office("Harbour Legal", 1, 11, HARBOUR, ALL_BUT_MACHINE);
	l.northline = letter_office("Northline", 3, 13, NORTHLINE, ALL_BUT_MACHINE);
	l.relay = letter_office("Relay", 4, 14, RELAY, (unsigned)ROLE_COURIER | ROLE_MACHINE);
	l.stranger = letter_office("Mission \"Oslo\"", 5, 15, STRANGER, ALL_BUT_MACHINE);
	l.bergen = letter_office("Consulate Bergen", 6, 16, BERGEN, ALL_BUT_MACHINE);
	l.oslo = cast_entry(&(struct cast_entry){
		.time_s = T0 - 100 * DAY,
		.name = "Mission Oslo",
		.keepers = {2},
		.next = {12},
		.appoint = {{OSLO_CLERK, ROLE_CLERK, "Front desk", 0},
			    {OSLO_READER, (unsigned)ROLE_READER | ROLE_CLERK, "Envoy", 0},
			    {OSLO_SPEAKER, (unsigned)ROLE_PRINCIPAL | ROLE_SPOKESPERSON, "Press", 0},
			    {OSLO_MACHINE, (unsigned)ROLE_CLERK | ROLE_MACHINE, "Intake", 0},
			    {OSLO_LAPSED, ROLE_CLERK, "Locum", T0 + DAY},
			    {OSLO_SECOND, ROLE_CLERK, "Night desk", 0}},
		.by = {2}});
	l.seal = cast_seal(l.harbour, (const struct verified_entry *[]){l.oslo}, 1, HARBOUR, T0 + 30 * DAY);
	l.both = cast_seal(l.harbour, (const struct verified_entry *[]){l.oslo, l.bergen}, 2, HARBOUR, 0);
	struct seal paper = {.from = cast_ref(l.harbour),
			     .to = (struct office_ref[]){cast_ref(l.oslo)},
			     .n_to = 1,
			     .addressees = (struct str[]){STR("The captain of the port")},
			     .n_addressees = 1,
			     .date_s = T0,
			     .paper = STR("envelope 17, two sheets, red wax"),
			     .by = cast_vkey(HARBOUR)};
	l.paper = cast_seal_of(&paper, HARBOUR);
	return &l;
}

/* A set of items about one letter, which grows. */
struct scene {
	struct evidence e;
	const struct verified_entry *entries[64];
	size_t n_entries;
	struct witnessed_statement said[2048];
	struct acquaintance known[4];
};

/* All registers, and Harbour Legal, whose eyes these are, knows Mission Oslo. */
static inline struct scene *scene_new(const struct verified_seal *seal)
{
	static struct scene s;
	const struct letter *l = the_letter();
	s = (struct scene){.entries = {l->harbour, l->oslo, l->northline, l->relay, l->stranger, l->bergen},
			   .n_entries = 6};
	s.known[0] = (struct acquaintance){.office = l->harbour->note.id, .is_self = true};
	s.known[1] = (struct acquaintance){.office = l->oslo->note.id, .petname = STR("Mission Oslo"), .checked = true};
	s.known[2] = (struct acquaintance){.office = l->northline->note.id, .petname = STR("Northline")};
	s.e = (struct evidence){.seal = seal,
				.statements = s.said,
				.acquaintances = s.known,
				.n_acquaintances = 3,
				.bytes = VALISE_BYTES_INTACT,
				.now_s = T0 + 3 * DAY};
	return &s;
}

static inline const struct verified_statement *scene_add(struct scene *s, const struct verified_statement *v)
{
	assert(s->e.n_statements < 2048);
	s->said[s->e.n_statements++] = (struct witnessed_statement){v, 0};
	return v;
}

/* The accounts of the set; the caller's. */
static inline struct valise_accounts *scene_accounts(const struct scene *s)
{
	CLEAN_REGISTERS struct registers *r = cast_registers(s->entries, s->n_entries);
	struct evidence e = s->e;
	e.registers = r;
	struct valise_accounts *a = NULL;
	CAST_MUST(evidence_accounts(&e, &a, cast_err()));
	return a;
}

/* One statement about the scene's letter by an officer of `head`'s office, so many hours after the seal. */
#define SAY(scene, what, office, key, hours, ...) \
	scene_add(scene, cast_say(&(struct cast_said){.seal = (scene)->e.seal, \
						      .says = (what), \
						      .head = (office), \
						      .by = (key), \
						      .time_s = T0 + (hours)*HOUR, \
						      __VA_ARGS__}))

static inline void accounts_freep(struct valise_accounts **a)
{
	valise_accounts_free(*a);
}
#define CLEAN_ACCOUNTS CLEANUP(accounts_freep)

/* ---- In the accounts ---- */

static inline const struct valise_said *said_of(const struct valise_accounts *a, const struct verified_statement *v)
{
	for (size_t i = 0; i < a->n_said; i++) {
		if (strcmp(a->said[i].id, hash_hex(&v->note.id).text) == 0)
			return &a->said[i];
	}
	fail_msg("a statement is not in the accounts");
	return NULL;
}

static inline const struct valise_party *party_of(const struct valise_accounts *a, const struct verified_entry *office)
{
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		if (p->office != SIZE_MAX &&
		    strcmp(a->offices[p->office].id, hash_hex(verified_entry_office(office)).text) == 0)
			return p;
	}
	return NULL;
}

#endif
