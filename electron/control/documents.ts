import { z } from 'zod';
import { DOCUMENT_VERSION } from './agreed';

const trouble = z.object({
  kind: z.string(),
  /** What happened, and what to do, in sentences. */
  title: z.string(),
  body: z.string(),
  /** The raw text, for an administrator. */
  details: z.string(),
});

const mailboxStatus = z.lazy(() =>
  z.object({
    id: z.string(),
    name: z.string(),
    /** What the switch says. */
    on: z.boolean(),
    state: z.enum([
      'off',
      'ready',
      'connecting',
      'waiting-for-user',
      'connected',
      'retrying',
      'offline',
      'needs-attention',
      'disconnecting',
    ]),
    /** Has the mail server greeted through the tunnel that is up now? */
    proven: z.boolean(),
    /** Does nothing go on until a person does something? */
    needsPerson: z.boolean(),
    /** The state in a sentence. */
    text: z.string(),
    /** The mail server's own words, when it greeted last. */
    greeting: z.string().nullable(),
    greetedAt: z.iso.datetime().nullable(),
    retryAt: z.iso.datetime().nullable(),
    error: trouble.nullable(),
    traffic: z.object({
      openConnections: z.number(),
      totalConnections: z.number(),
      bytesDown: z.number(),
      bytesUp: z.number(),
      beforeCompression: z.number(),
      afterCompression: z.number(),
    }),
    session: z
      .object({
        serverVersion: z.string(),
        cipher: z.string(),
        keyExchange: z.string(),
        hostKeyAlgorithm: z.string(),
        hostKeyFingerprint: z.string(),
        signedInBy: z.string(),
        strictKeyExchange: z.boolean(),
        compressed: z.boolean(),
      })
      .nullable(),
  }),
);
export type MailboxStatus = z.infer<typeof mailboxStatus>;

/** What is true: `mailmole status --json`. */
export const statusDocument = z.lazy(() =>
  z.object({
    version: z.literal(DOCUMENT_VERSION),
    /** Of the running program. */
    program: z.string(),
    online: z.boolean(),
    mailboxes: z.array(mailboxStatus),
    /** Open questions, oldest first. */
    questions: z.array(
      z.object({
        id: z.string(),
        mailbox: z.string(),
        kind: z.enum(['host-key', 'passphrase', 'password', 'code']),
      }),
    ),
  }),
);
export type StatusDocument = z.infer<typeof statusDocument>;

/** One mailbox's set-up: what `add` and `edit` take, with its name and switch. */
const listedMailbox = z.lazy(() =>
  z.looseObject({
    id: z.string(),
    name: z.string(),
    on: z.boolean(),
    mode: z.string(),
    sshHost: z.string(),
    sshPort: z.number(),
    sshUser: z.string(),
    forwards: z.array(
      z.looseObject({
        protocol: z.string(),
        localAddress: z.string(),
        localPort: z.number(),
        mailHost: z.string(),
        mailPort: z.number(),
        tls: z.string(),
      }),
    ),
  }),
);
export type ListedMailbox = z.infer<typeof listedMailbox>;

/** What is wanted: `mailmole list --json`. */
export const listDocument = z.lazy(() =>
  z.object({
    version: z.literal(DOCUMENT_VERSION),
    mailboxes: z.array(listedMailbox),
  }),
);
export type ListDocument = z.infer<typeof listDocument>;
