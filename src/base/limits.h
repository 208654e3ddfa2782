/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit on what comes from outside or grows with it, in one place; bytes unless the name says otherwise. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* Notes (spec/note.md). */
#define LIMIT_STATEMENT_BYTES (32u * 1024)
#define LIMIT_REPORT_BYTES (32u * 1024)
#define LIMIT_REQUEST_BYTES (4u * 1024)
#define LIMIT_REGISTER_ENTRY_BYTES (64u * 1024)
#define LIMIT_SEAL_BYTES (128u * 1024)
#define LIMIT_NOTE_BYTES LIMIT_SEAL_BYTES /* the largest of the kinds */
#define LIMIT_FREE_TEXT_BYTES 1000u       /* one line of free text */
#define LIMIT_TEXT_LINES 20u              /* `text` lines of a statement */
#define LIMIT_NOTE_SIGNERS 64u            /* `by` lines of one note */

/* Registers (spec/register.md). */
#define LIMIT_REGISTER_ENTRIES 16384u
#define LIMIT_REGISTER_BYTES (16u * 1024 * 1024) /* all entries of one office */
#define LIMIT_KEEPERS 64u
#define LIMIT_OFFICERS_PER_ENTRY 256u /* appoint or dismiss lines of one entry */
#define LIMIT_SEEN_PER_ENTRY 512u
#define LIMIT_RELAYS_PER_ENTRY 8u
#define LIMIT_URL_BYTES 500u

/* Letters (spec/seal.md, spec/cover.md, spec/body.md). */
#define LIMIT_RECIPIENTS 256u
#define LIMIT_COVER_BYTES (512u * 1024) /* the age file and its plaintext, each */
#define LIMIT_PARTS 1000u
#define LIMIT_STANZAS 1024u
#define LIMIT_PART_NAME_BYTES 255u /* before escaping */
#define LIMIT_BODY_BYTES (1ull << 40)
#define LIMIT_TALLY_BYTES \
	(LIMIT_BODY_BYTES / TREE_PIECE_BYTES * 32) /* in memory whoever puts out or takes in has one */
#define LIMIT_TREE_DEPTH 256u                      /* directories below a part */
#define LIMIT_PATH_BYTES 4096u                     /* a member's whole path in the tar */
#define LIMIT_MEMBERS 500000u /* files, directories and links: who reads must remember every path, in 45 to 100 bytes */
#define LIMIT_TAR_EXTENSION_BYTES (16u * 1024) /* a pax header or long name before a member */

/* Statements and reports. */
#define LIMIT_REGARDING 8u
#define LIMIT_REPORT_SPANS 64u
#define LIMIT_REPORT_VIA 16u
#define LIMIT_EXHIBIT_BYTES (1ull << 30)
#define LIMIT_QUOTE_BYTES 4096u                    /* typed, to be found in an exhibit */
#define LIMIT_REPORT_LIST_BYTES (8u * 1024 * 1024) /* a file of reports to be filed at once */
#define LIMIT_REPORT_LIST_LINES 10000u
#define LIMIT_SEAL_LIST_LINES 100000u /* letters to be sealed at once; their bytes are limited in <valise/bulk.h> */
#define LIMIT_NTH 1000000u
#define LIMIT_DRAFTS 20000u /* statements looked at, and shown, before any is signed */
/* Of one letter, as many statements as reports; what comes beyond is passed over (office/note_room.h). */
#define LIMIT_NOTES_BY_KEY 10000u
#define LIMIT_NOTES_WITH_STRANGERS 10000u /* above that, only those of officers whom the letter or you know come in */
#define LIMIT_NOTES 100000u

/* age (spec/cover.md). */
#define LIMIT_AGE_HEADER_BYTES (512u * 1024)
#define LIMIT_SCRYPT_LOG_N 20u /* on reading; what we write is 15 */

/* Trees. */
#define TREE_BLOCK_BYTES (32u * 1024)   /* a leaf of the body tree */
#define TREE_PIECE_LEAVES 32u           /* a piece is an aligned subtree of this many leaves */
#define TREE_PIECE_BYTES (1024u * 1024) /* TREE_BLOCK_BYTES * TREE_PIECE_LEAVES */

/* Bulk work is committed at the latest after so many, so long, or so much. */
#define LIMIT_BATCH_LETTERS 1000u
#define LIMIT_BATCH_MS 1000
#define LIMIT_BATCH_BYTES (4u * 1024 * 1024) /* of their bodies; the log must hold all of it */

/* Containers (spec/bag.md, spec/dossier.md). */
#ifndef LIMIT_BAG_BYTES /* less in a test */
#define LIMIT_BAG_BYTES (256u * 1024 * 1024)
#endif
#define LIMIT_BAG_FILE_BYTES (LIMIT_BAG_BYTES + LIMIT_BAG_BYTES / 64 + LIMIT_AGE_HEADER_BYTES) /* wrapped */
#define LIMIT_BAG_NAME_BYTES 64u
#define LIMIT_DOSSIER_BYTES (1024u * 1024 * 1024)
#define LIMIT_DOSSIER_ITEMS 1000000u
#define LIMIT_ACCOUNTS_BYTES (2u * LIMIT_DOSSIER_BYTES) /* what is worked out and shown of one letter */
#define LIMIT_SPAN_WORDS_BYTES 1000u                    /* of an exhibit, shown for one span, before escaping */
#define LIMIT_WORDS_BYTES (16u * 1024 * 1024)           /* of exhibits, shown in one letter's accounts */

/* Local files, and what is looked at of them for the completion of one word. */
#define LIMIT_NAMES 1000u
#define LIMIT_KEY_FILE_BYTES (64u * 1024)
#define LIMIT_PASSPHRASE_BYTES 1024u

#endif
