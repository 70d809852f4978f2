/**
 * What both ends of the control socket agree on. It stands apart from the schemas of protocol.ts, which only the program
 * loads: the command has to answer at once.
 */

/** Of what is spoken over the socket. */
export const PROTOCOL_VERSION = 1;

/**
 * Of what `--json` prints, described in docs/command-line.md. Fields may be added within a version; a change of what one
 * means is a new version.
 */
export const DOCUMENT_VERSION = 1;

/** Longest wait, in milliseconds: a day. */
export const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** Why a verb was not carried out; each kind is an exit code of the command. */
export const FAILURES = ['usage', 'failed', 'needs-person', 'timed-out'] as const;
