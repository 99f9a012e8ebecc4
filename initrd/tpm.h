/* SPDX-License-Identifier: MIT */
/*
 * The mark that cannot be unsaid: a TPM 2.0 PCR is extended before a recovery or an unprotected
 * boot, so that nothing sealed to the normal boot opens and an attestation shows it.
 *
 * Two commands (TPM 2.0 library specification, part 3), written to the kernel's resource manager device or to the plain one;
 * no library: TPM2_GetCapability (30.2) tells which banks the PCR has, since a command that extends one that is not
 * allocated succeeds and changes nothing; TPM2_PCR_Event (22.3) extends each of them with its own digest of the event.
 */
#ifndef IMABOOT_TPM_H
#define IMABOOT_TPM_H

#include <stddef.h>
#include <stdint.h>
#include "problem.h"
#include "util.h"

#define TPM_PCR_MAX 23
#define TPM_EVENT_MAX 128   /* bytes of an event's text; the specification has 1,024 */
#define TPM_COMMAND_MAX 160 /* bytes of the longer command */

/* Banks of a PCR, as a set. */
#define TPM_BANK_SHA1 1u
#define TPM_BANK_SHA256 2u
#define TPM_BANK_SHA384 4u
#define TPM_BANK_SHA512 8u
#define TPM_BANK_OTHER 16u /* SM3, SHA-3 */

/* Write the two commands into ret and return their length in bytes. Pure. */
size_t tpm_banks_command(uint8_t ret[static TPM_COMMAND_MAX]);
size_t tpm_event_command(unsigned int pcr, const char *event, uint8_t ret[static TPM_COMMAND_MAX]);

/* Takes a response of len bytes apart. Returns 0 and the response code, or -EBADMSG. Pure. */
_must_check_ int tpm_response_code(const uint8_t *response, size_t len, uint32_t *ret);

/* The banks of a PCR by the response to tpm_banks_command(). Returns 0, or -EBADMSG. Pure. */
_must_check_ int tpm_banks(const uint8_t *response, size_t len, unsigned int pcr, unsigned int *ret);

/*
 * Extends all banks of the PCR with their digests of the event's text, and says which they are. Returns 0, or a negative
 * errno with *problem set: -ENODEV no TPM, or no bank of that PCR is allocated; -EBUSY another program has it; -ETIMEDOUT
 * no answer within 30 s; -EPROTO it answered with an error.
 */
_must_check_ int tpm_mark(
	unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem);

/*
 * The event's record for the log beside the mark, with its digest for each bank that this program has one for: one object
 * in the JSON form of the TCG's canonical event log, as systemd's tpm2-measure.log has it (RFC 7464: a record separator
 * before, a newline behind). ret is allocated; NULL when memory ran out.
 */
_must_check_ char *tpm_event_record(unsigned int pcr, const char *event, unsigned int banks);

#endif
