/* SPDX-License-Identifier: Apache-2.0 */
/* The mark of what the library shows: everything else in it is hidden. */
#ifndef VALISE_VISIBILITY_H
#define VALISE_VISIBILITY_H

#define VALISE_PUBLIC __attribute__((visibility("default")))

#endif
