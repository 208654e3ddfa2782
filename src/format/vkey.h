/* SPDX-License-Identifier: Apache-2.0 */
/* The two halves of a verifier key's text that signature lines repeat: its name and its hash (spec/note.md, "Keys"). */
#ifndef FORMAT_VKEY_H
#define FORMAT_VKEY_H

#include "format/note.h"

#define VKEY_NOTE_TYPE 0x01 /* C2SP's number for Ed25519 */
#define VKEY_HASH_BYTES 4

/* "valise/" and 32 hex digits. */
struct vkey_name {
	char text[sizeof "valise/" + 32];
};
struct vkey_name vkey_name(const struct vkey *k);
/* C2SP's key hash, under any name. */
void vkey_hash(struct str name, const uint8_t key[static ED25519_PUBLIC_BYTES], uint8_t ret[static VKEY_HASH_BYTES]);

#endif
