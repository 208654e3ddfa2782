/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays that grow as things come. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

#include "base/err.h"

/* The array of n things of `size` bytes with room for one more, perhaps elsewhere: the room doubles. NULL: there is no memory, and the
 * array is as it was. */
CHECKED void *array_room(void *array, size_t n, size_t *cap, size_t size);

#endif
