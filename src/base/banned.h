/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that do not compile here (included in every unit by the build, after the system headers they poison). */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Fortified, these are macros of the C library. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll localtime gmtime ctime asctime gets strncat \
	strncpy

#endif
