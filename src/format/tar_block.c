/* SPDX-License-Identifier: Apache-2.0 */
/* A tar header's checksum, and the rules that every member keeps (spec/body.md, "Members"). */
#include "format/tar_block.h"

#include <stddef.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"

unsigned tar_header_sum(const struct tar_header *h)
{
	const uint8_t *bytes = (const uint8_t *)h;
	size_t skip = offsetof(struct tar_header, checksum);
	unsigned sum = 8 * ' ';
	for (size_t i = 0; i < TAR_BLOCK_BYTES; i++) {
		if (i < skip || i >= skip + sizeof h->checksum)
			sum += bytes[i];
	}
	return sum;
}

static int member_bad(const struct tar_member *m, const char *why, int code, struct valise_err *err)
{
	CLEAN_BUF struct buf shown = BUF_INIT(VALISE_ERR_TEXT_BYTES);
	struct str start = {m->path.at, m->path.len < 200 ? m->path.len : 200};
	text_show(&shown, start);
	return err_set(err, code, "\"%s\" %s", shown.data ? (const char *)shown.data : "", why);
}

/* Splits off what stands before the next '/'; false after the last component. */
static bool next_component(struct str *rest, struct str *ret)
{
	if (!rest->at)
		return false;
	const char *slash = memchr(rest->at, '/', rest->len);
	*ret = (struct str){rest->at, slash ? (size_t)(slash - rest->at) : rest->len};
	*rest = slash ? (struct str){slash + 1, rest->len - ret->len - 1} : (struct str){NULL, 0};
	return true;
}

static const char *path_wrong(struct str path, size_t *ret_components)
{
	if (path.len == 0 || path.len > LIMIT_PATH_BYTES)
		return "is a path that is empty or too long";
	if (memchr(path.at, 0, path.len))
		return "is a path with a zero byte";
	if (path.at[0] == '/')
		return "is an absolute path";
	size_t n = 0;
	struct str component;
	while (next_component(&path, &component)) {
		if (component.len == 0 || str_eq(component, STR(".")) || str_eq(component, STR("..")))
			return "is a path with an empty, \".\" or \"..\" component";
		if (component.len > LIMIT_PART_NAME_BYTES)
			return "is a path with a name that is too long";
		n++;
	}
	*ret_components = n;
	return n > LIMIT_TREE_DEPTH + 1 ? "lies too deep" : NULL;
}

/* Goes up only at its beginning, and not above the part. Its directory is made of real directories, so what goes up there goes up as
 * it is written; a ".." further on could follow another link first, and then lead anywhere. */
static const char *target_wrong(struct str target, size_t components)
{
	static const char leaves[] = "is a link that leaves its part";
	if (components < 2)
		return "is a link that is no part: parts are files and directories";
	if (target.len == 0 || target.len > LIMIT_PATH_BYTES)
		return "is a link whose target is empty or too long";
	if (memchr(target.at, 0, target.len))
		return "is a link whose target has a zero byte";
	if (target.at[0] == '/')
		return leaves;
	size_t up = components - 2; /* directories between the link and the part's own */
	bool down = false;
	struct str component;
	while (next_component(&target, &component)) {
		if (str_eq(component, STR(".."))) {
			if (down || up == 0)
				return leaves;
			up--;
		} else if (component.len > 0 && !str_eq(component, STR("."))) {
			down = true;
		}
	}
	return NULL;
}

int tar_member_check(const struct tar_member *m, int code, struct valise_err *err)
{
	size_t components = 0;
	const char *wrong = path_wrong(m->path, &components);
	if (!wrong && m->type == TAR_LINK)
		wrong = target_wrong(m->target, components);
	if (!wrong && m->bytes > (m->type == TAR_FILE ? LIMIT_BODY_BYTES : 0))
		wrong = m->type == TAR_FILE ? "is larger than a body may be" : "has data, but is no file";
	return wrong ? member_bad(m, wrong, code, err) : 0;
}
