/* SPDX-License-Identifier: Apache-2.0 */
/* How much of an age stream one job of the pipeline holds, sealing or opening. */
#ifndef OFFICE_AGE_JOB_H
#define OFFICE_AGE_JOB_H

#include "format/age.h"

#define JOB_CHUNKS 16u
#define JOB_PLAIN_BYTES (JOB_CHUNKS * AGE_CHUNK_BYTES)
#define JOB_SEALED_BYTES (JOB_CHUNKS * AGE_SEALED_CHUNK_BYTES)

#endif
