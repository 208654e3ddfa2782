/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the table of commands, one file each. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"
#include "cli/complete.h"

extern const struct command command_init;
extern const struct command command_officer_request, command_officer_add, command_officer_dismiss, command_officer_list;
extern const struct command command_card_show, command_card_export, command_card_add, command_card_list;
extern const struct command command_seal;
extern const struct command command_sync;
extern const struct command command_say;
extern const struct command command_open;
extern const struct command command_track;
extern const struct command command_dossier;
extern const struct command command_docket;
extern const struct command command_verify;
extern const struct command command_report;
extern const struct command command_forget;
extern const struct command command_doctor;
extern const struct command command_export, command_import;
extern const struct command command_exhibit_add, command_exhibit_list, command_exhibit_show;

/* For completion (complete_names.c). */
complete_names names_here;

#endif
