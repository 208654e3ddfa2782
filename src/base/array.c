/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays that grow as things come. */
#include "base/array.h"

#include <stdlib.h>

void *array_room(void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	size_t more = *cap ? 2 * *cap : 8;
	void *grown = reallocarray(array, more, size);
	if (grown)
		*cap = more;
	return grown;
}
