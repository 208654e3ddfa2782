/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a letter's members can all be made, one after the other, as they stand. */
#include "office/members.h"

#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"

void members_release(struct members *s)
{
	hash_index_release(&s->types);
}

static struct hash key_of(struct str path)
{
	struct hash h;
	digest_once(path.at, path.len, &h);
	return h;
}

/* Empty for a part. */
static struct str parent_of(struct str path)
{
	while (path.len > 0 && path.at[path.len - 1] != '/')
		path.len--;
	path.len -= path.len > 0;
	return path;
}

int members_add(struct members *s, const struct tar_member *m, struct valise_err *err)
{
	struct str parent = parent_of(m->path);
	struct hash own = key_of(m->path), above = key_of(parent);
	size_t type;
	if (s->types.keys.n == LIMIT_MEMBERS)
		return err_set(err, VALISE_E_BAD, "the letter holds more than %u files, directories and links",
			       LIMIT_MEMBERS);
	if (hash_index_get(&s->types, &own, NULL))
		return err_set(err, VALISE_E_BAD, "the letter holds %s twice", text_shown(m->path).text);
	if (parent.len && (!hash_index_get(&s->types, &above, &type) || type != TAR_DIR))
		return err_set(err, VALISE_E_BAD, "%s lies in what is no directory of the letter",
			       text_shown(m->path).text);
	return hash_index_put(&s->types, &own, m->type, err);
}
