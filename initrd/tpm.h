/* SPDX-License-Identifier: MIT */
/*
 * The mark that cannot be unsaid: a TPM 2.0 PCR is extended before a recovery or an unprotected
 * boot, so that nothing sealed to the normal boot opens and an attestation shows it.
 *
 * One fixed command, TPM2_PCR_Extend of the SHA-256 bank with an empty password session (TPM 2.0
 * library specification, part 3, 22.2), written to the kernel's resource manager device or to
 * the plain one; no library.
 */
#ifndef IMABOOT_TPM_H
#define IMABOOT_TPM_H

#include <stddef.h>
#include <stdint.h>
#include "problem.h"
#include "util.h"

#define TPM_DIGEST_SIZE 32
#define TPM_COMMAND_SIZE 65 /* bytes of the one command */
#define TPM_PCR_MAX 23

/* Writes the command that extends a PCR (0 to TPM_PCR_MAX) with a SHA-256 digest. Pure. */
void tpm_extend_command(
	unsigned int pcr, const uint8_t digest[static TPM_DIGEST_SIZE], uint8_t ret[static TPM_COMMAND_SIZE]);

/* Takes a response of len bytes apart. Returns 0 and the response code, or -EBADMSG. Pure. */
_must_check_ int tpm_response_code(const uint8_t *response, size_t len, uint32_t *ret);

/*
 * Extends the PCR with the SHA-256 of the event's text. Returns 0, or a negative errno with
 * *problem set: -ENODEV no TPM, -EBUSY another program has it, -ETIMEDOUT no answer within 30 s,
 * -EPROTO it answered with an error.
 */
_must_check_ int tpm_mark(unsigned int pcr, const char *event, struct problem *problem);

/*
 * The event's record for the log beside the mark: one object in the JSON form of the TCG's
 * canonical event log, as systemd's tpm2-measure.log has it (RFC 7464: a record separator before,
 * a newline behind). ret is allocated; NULL when memory ran out.
 */
_must_check_ char *tpm_event_record(unsigned int pcr, const char *event);

#endif
