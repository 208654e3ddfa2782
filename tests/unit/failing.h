/* SPDX-License-Identifier: Apache-2.0 */
/* Makes each allocation of our own code fail in turn (the test is linked with --wrap; see meson.build). */
#ifndef TEST_FAILING_H
#define TEST_FAILING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include <valise/error.h>

extern size_t allocations; /* so far */
extern size_t failing_at;  /* which one fails, counted from 1; 0: none */

/* Runs `work` with its first allocation failing, then its second, until it succeeds: every other run must say VALISE_E_NOMEM. */
static inline void failing_in_turn(int (*work)(struct str input, struct valise_err *err), struct str input)
{
	for (size_t i = 1;; i++) {
		struct valise_err err = {0};
		allocations = 0;
		failing_at = i;
		int r = work(input, &err);
		size_t made = allocations;
		failing_at = 0;
		if (made < i) {
			assert_int_equal(r, 0);
			/* It allocates at all, or nothing was tested. */
			assert_true(i > 1);
			return;
		}
		if (r != VALISE_E_NOMEM || err.code != VALISE_E_NOMEM)
			fail_msg("allocation %zu failed, and the code is %d, with \"%s\"", i, r, err.text);
	}
}

#endif
