/* SPDX-License-Identifier: Apache-2.0 */
/* The marks of what the library shows, everything else in it being hidden, and of what nobody may leave unchecked. */
#ifndef VALISE_VISIBILITY_H
#define VALISE_VISIBILITY_H

#if defined(__GNUC__)
#define VALISE_PUBLIC __attribute__((visibility("default")))
#define VALISE_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define VALISE_PUBLIC
#define VALISE_CHECKED
#endif

#endif
