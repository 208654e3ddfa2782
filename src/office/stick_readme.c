/* SPDX-License-Identifier: Apache-2.0 */
/* What whoever carries or finds a stick reads, with no keys and no computer but a text viewer. */
#include "office/stick_readme.h"

static const char what[] = "VALISE - sealed courier mail\r\n"
			   "\r\n"
			   "The folder \"valise\" holds sealed letters and signed statements about them.\r\n"
			   "They are encrypted: neither the courier nor a finder can open a letter.\r\n"
			   "\r\n"
			   "If you carry this: hand it to the office that you were told, and let them\r\n"
			   "run the program on it:\r\n"
			   "\r\n"
			   "    valise sync <this folder>\r\n"
			   "\r\n"
			   "Then bring the stick back: the receipt travels home on it. Please delete,\r\n"
			   "rename or add nothing in the folder; a damaged file is noticed, and the rest\r\n"
			   "of the letters still arrives.\r\n"
			   "\r\n"
			   "If you found this: nothing on it is of use to you. Please give it to the\r\n"
			   "lost-property office, or to whoever seems to have lost it.\r\n"
			   "\r\n";
static const char wrapped[] = "From this stick alone nobody can tell who writes to whom.\r\n";
static const char bare[] = "This stick is not wrapped: with the program, who writes to whom and when can be\r\n"
			   "read from it, but not what they write.\r\n";

int stick_readme(bool is_bare, struct buf *ret, struct valise_err *err)
{
	buf_add_text(ret, what);
	buf_add_text(ret, is_bare ? bare : wrapped);
	return buf_check(ret, "README.txt", err);
}
