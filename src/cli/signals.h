/* SPDX-License-Identifier: Apache-2.0 */
/* Signals that ask to stop set a flag, which long work looks at. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <stdbool.h>

/* INT, TERM and HUP set the flag (a second one kills at once); PIPE is ignored, so that a closed pipe is an error like others. */
void signals_begin(void);
bool interrupted(void);

#endif
