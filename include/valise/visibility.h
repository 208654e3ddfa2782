/* SPDX-License-Identifier: Apache-2.0 */
/* The marks of what the library shows, and of what may not be ignored; for C++, that it is C. Everything else in the library is hidden. */
#ifndef VALISE_VISIBILITY_H
#define VALISE_VISIBILITY_H

#if defined(__GNUC__)
#define VALISE_PUBLIC __attribute__((visibility("default")))
/* Public, and its code has to be looked at. */
#define VALISE_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define VALISE_PUBLIC
#define VALISE_CHECKED
#endif

#ifdef __cplusplus
#define VALISE_BEGIN_C extern "C" {
#define VALISE_END_C }
#else
#define VALISE_BEGIN_C
#define VALISE_END_C
#endif

#endif
