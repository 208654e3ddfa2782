/* SPDX-License-Identifier: Apache-2.0 */
/* Laying out the recovery sheet, in words for whoever finds it in a safe after years. */
#include "office/recovery_sheet.h"

#include "base/encode.h"
#include "base/text.h"
#include "evidence/fingerprint.h"
#include "format/vkey.h"

#define COLUMNS 76u
#define LABEL 12u

/* Words from the label's column on; what is longer than a line goes on in the next. */
static void add_name(struct buf *b, const char *text)
{
	size_t column = LABEL, columns;
	buf_add_text(b, "Office      ");
	while (*text) {
		size_t len = strcspn(text + 1, " ") + 1;
		(void)valise_fitting(text, len, SIZE_MAX, &columns);
		if (column > LABEL && column + columns > COLUMNS) {
			buf_add_text(b, "\n            ");
			column = LABEL;
			text += *text == ' ';
			continue;
		}
		len = valise_fitting(text, len, COLUMNS - column, &columns);
		buf_add_str(b, (struct str){text, len});
		column += columns;
		text += len;
	}
}

static const char meaning[] = "\n\n"
			      "The secret below takes the office back after its keys were stolen or lost.\n"
			      "Whoever has it can take the office too: it belongs on paper, in a safe,\n"
			      "apart from every machine, and on no photograph. It is nowhere else, and\n"
			      "cannot be made again. Nothing here is for a camera to read, on purpose.\n"
			      "\n"
			      "Secret, one word, in upper or in lower case:\n\n  ";
static const char use[] = "\n\n"
			  "Its last six characters check the rest: a mistyped one is found, not taken.\n"
			  "It is the next keeper's key. How a register entry that is signed with it\n"
			  "opens the office's next generation, and makes void what a thief signed, is\n"
			  "told in Valise's spec/register.md, \"Across entries\".\n";

int recovery_sheet(const struct verified_entry *first, const struct key *next, struct buf *ret, struct valise_err *err)
{
	const struct hash *office = verified_entry_office(first);
	struct hash commitment;
	CLEAN_FREE char *name = str_dup(first->e.name);
	if (!name)
		return err_nomem(err);
	buf_add_text(ret, "VALISE RECOVERY SHEET: on paper only, apart from every machine\n\n");
	add_name(ret, name);
	vkey_commitment(&next->vkey, &commitment);
	/* By these the secret is known again in the register, and they give nothing of it away. */
	buf_addf(ret, "\nId          %s\nFingerprint %s\nFounded     %s\nKey         %s\nNext        %s",
		 hash_hex(office).text, fingerprint_text(office).text, time_text(first->e.time_s).text,
		 vkey_name(&next->vkey).text, hash_hex(&commitment).text);
	buf_add_text(ret, meaning);
	bech32_encode(ret, "valise-keeper-", next->seed, sizeof next->seed, true);
	buf_add_text(ret, use);
	return buf_check(ret, "the recovery sheet", err);
}
