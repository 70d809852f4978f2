import { z } from 'zod';
import {
  DEFAULT_LOCAL_PORTS,
  FORWARD_PROTOCOLS,
  FORWARD_TLS,
  MAIL_PORTS,
  TUNNEL_MODES,
} from '../../shared/account';
import type { ImportedDraft, ImportProblem } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import {
  collide,
  complaintAboutHost,
  complaintAboutLocalAddress,
  complaintAboutName,
  complaintAboutUser,
  NAME_LIMIT,
} from '../account-rules';
import { blankDraft } from './blank-draft';
import { Source } from './findings';
import { readJson } from './json-places';
import { parseServerKey } from './server-keys';

/** Begins every set-up file, so that it is told from other JSON. */
export const SETUP_FORMAT = 'mailmole-setup';
export const SETUP_VERSION = 1;
/** Largest set-up file, in UTF-16 units; a real one has some two thousand. */
export const LARGEST_SETUP = 65_536;

const MOST_FORWARDS = 16;
/** Most keys of a server that a set-up file may name. */
export const MOST_KEYS = 8;
const LONGEST_HINT = 2000;
// Control characters, and those that turn the direction of the text round so that it reads as something else.
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/u;

function judged(rule: (value: string) => string | null, description: string) {
  return z
    .string({ error: 'import:setup.text' })
    .max(LONGEST_HINT, { error: 'import:setup.too-long' })
    .superRefine((value, context) => {
      const message = UNPRINTABLE.test(value) ? 'import:setup.unprintable' : rule(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .describe(description);
}

const host = (description: string) => judged(complaintAboutHost, description);
const port = (description: string) =>
  z
    .int({ error: 'form:port-range' })
    .min(1, { error: 'form:port-range' })
    .max(65_535, { error: 'form:port-range' })
    .describe(description);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  z.enum(values, { error: 'import:setup.one-of' }).describe(description);

const server = () =>
  z
    .strictObject(
      {
        host: host('The SSH server.'),
        port: port('Its port; 22 when left out.').optional(),
        hostKeys: z
          .array(
            judged(
              (line) => (parseServerKey(line) === null ? 'import:setup.host-key' : null),
              'A public key: type and base64, or a whole line of known_hosts or ssh-keyscan.',
            ),
            { error: 'import:setup.list' },
          )
          .min(1, { error: 'import:setup.no-host-key' })
          .max(MOST_KEYS, { error: 'import:setup.too-many' })
          .describe('All keys of the SSH server. Nobody is asked to trust it blindly.'),
      },
      { error: objectError },
    )
    .describe('The SSH server that people sign in to.');

const forward = () =>
  z.strictObject(
    {
      protocol: oneOf(FORWARD_PROTOCOLS, 'What the mail program speaks.'),
      mailHost: host(
        'The mail server, as the SSH server reaches it; the SSH server when left out.',
      ).optional(),
      mailPort: port('Its port; the usual one of the protocol when left out.').optional(),
      localAddress: judged(
        complaintAboutLocalAddress,
        'An address of this computer only: localhost (when left out), 127.x.y.z or ::1.',
      ).optional(),
      localPort: port(
        'The port on this computer; the next free one is taken when another mailbox has it.',
      ).optional(),
      tls: oneOf(
        FORWARD_TLS,
        'Whether Mailmole speaks TLS with the mail server itself.',
      ).optional(),
    },
    { error: objectError },
  );

const forwards = () =>
  z
    .array(forward(), { error: 'import:setup.list' })
    .min(1, { error: 'form:forward-none' })
    .max(MOST_FORWARDS, { error: 'import:setup.too-many' })
    .superRefine((list, context) => {
      const ends = list.map((each) => ({
        localAddress: each.localAddress ?? 'localhost',
        localPort: each.localPort ?? DEFAULT_LOCAL_PORTS[each.protocol],
      }));
      ends.forEach((one, index) => {
        const twice = ends.slice(0, index).some((other) => collide(one, other));
        if (twice && list[index]?.localPort !== undefined)
          context.addIssue({
            code: 'custom',
            path: [index, 'localPort'],
            message: 'form:local-port-twice',
          });
      });
    });

/**
 * What may stand in a set-up file, and nothing else may: no key file, no command, no agent, no route, no known_hosts
 * file of its own, no password.
 */
export const setupSchema = () =>
  z
    .strictObject(
      {
        $schema: z
          .string()
          .max(LONGEST_HINT)
          .optional()
          .describe('For editors; Mailmole ignores it.'),
        format: z.literal(SETUP_FORMAT, { error: 'import:setup.format' }),
        version: z.literal(SETUP_VERSION, { error: 'import:setup.version' }),
        name: judged(complaintAboutName, 'What the mailbox is called.').max(NAME_LIMIT),
        server: server(),
        forwards: forwards().describe('What the mail program uses.'),
        user: judged(
          complaintAboutUser,
          'The user name, when it is the same for everybody.',
        ).optional(),
        signIn: oneOf(
          ['automatic', 'password'],
          'How people sign in; automatic when left out.',
        ).optional(),
        mode: oneOf(TUNNEL_MODES, 'When to connect; on-demand when left out.').optional(),
        compression: z
          .boolean({ error: 'import:setup.yes-no' })
          .optional()
          .describe('Whether to compress, for slow lines.'),
        sessionChannel: z
          .boolean({ error: 'import:setup.yes-no' })
          .optional()
          .describe(
            'Whether to open a session on which nothing happens, so that the server answers sooner on long lines.',
          ),
        hint: judged(() => null, 'Words of the provider for the person, as plain text.').optional(),
      },
      { error: objectError },
    )
    .describe(
      'A set-up file of Mailmole: a mailbox that an administrator prepared. It holds no secret.',
    );

export type SetupFile = z.infer<ReturnType<typeof setupSchema>>;

/** An object that is none, or that has a name it may not have. */
function objectError(issue: { readonly code?: string | undefined }): string {
  return issue.code === 'unrecognized_keys' ? 'import:setup.unknown' : 'import:setup.object';
}

/** Reads a set-up file. Every fault is listed, each by its line and column. */
export function parseSetupFile(text: string): Result<SetupFile, readonly ImportProblem[]> {
  const source = new Source(text);
  if (text.length > LARGEST_SETUP)
    return fail([{ place: null, messageKey: 'import:too-large', params: {} }]);
  const json = readJson(source);
  if (!json.ok) return fail([json.error]);
  const parsed = setupSchema().safeParse(json.value.value);
  if (parsed.success) return ok(parsed.data);
  const placed = json.value;
  return fail(
    parsed.error.issues.flatMap((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : [null];
      return keys.map((key) => {
        const path = key === null ? issue.path : [...issue.path, key];
        return source.problem(placed.offsetOf(path), keyOf(issue), paramsOf(issue, path));
      });
    }),
  );
}

/** What is not in a list of ours is a fault of the schema, and still tells the place. */
function keyOf(issue: z.core.$ZodIssue): string {
  return /^(?:form|import):/u.test(issue.message) ? issue.message : 'form:invalid';
}

function paramsOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): ImportProblem['params'] {
  const field = path.map(String).join('.').slice(0, 100);
  if (issue.code === 'invalid_value') return { field, values: issue.values.join(', ') };
  return { field, limit: NAME_LIMIT };
}

/** The mailbox that a set-up file stands for. The person adds the user name, unless it is the same for everybody. */
export function draftOfSetup(setup: SetupFile): ImportedDraft {
  const { server: ssh } = setup;
  const keys = ssh.hostKeys.flatMap((line) => parseServerKey(line) ?? []);
  const seen = new Set<string>();
  return {
    ...blankDraft(setup.name.trim()),
    sshHost: ssh.host,
    sshPort: ssh.port ?? 22,
    sshUser: setup.user ?? null,
    signIn: { kind: setup.signIn ?? 'automatic' },
    mode: setup.mode ?? 'on-demand',
    compression: setup.compression ?? false,
    sessionChannel: setup.sessionChannel ?? false,
    forwards: setup.forwards.map((each) => ({
      protocol: each.protocol,
      localAddress: each.localAddress ?? 'localhost',
      localPort: each.localPort ?? null,
      mailHost: each.mailHost ?? ssh.host,
      mailPort: each.mailPort ?? MAIL_PORTS[each.protocol],
      tls: each.tls ?? 'none',
    })),
    hostKeys: keys.filter(({ key }) => !seen.has(key) && seen.add(key)),
    hint: setup.hint ?? '',
  };
}
