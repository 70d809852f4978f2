import { describe, expect, it } from 'vitest';
import { NO_TRAFFIC } from '../../../electron/shared/app-snapshot';
import type { PromptRequest } from '../../../electron/shared/prompt';
import type { TunnelState } from '../../../electron/shared/tunnel-state';
import {
  commandSchema,
  eventSchema,
  type HostCommand,
  type HostEvent,
} from '../../../electron/tunnel/host-protocol';
import { ERRORS } from './errors';
import { STATES } from './machine-cases';
import { NO_FACTS } from './ssh-pair';
import { accountOf, forwardOf } from './stand-ins';

/** One of each type; does not compile when a type is missing. */
const COMMANDS: { readonly [T in HostCommand['type']]: Extract<HostCommand, { type: T }> } = {
  settings: {
    type: 'settings',
    settings: {
      knownHostsFiles: ['/a', '/b'],
      ownKnownHostsFile: '/own',
      defaultKeyFiles: ['/k'],
      agentSocket: null,
      waits: { hold: 1, keepalive: 2 },
    },
  },
  'set-account': { type: 'set-account', account: accountOf(), by: 'person', dial: true },
  'remove-account': { type: 'remove-account', id: 'a' },
  'try-now': { type: 'try-now', id: 'a' },
  check: { type: 'check', id: 'a', by: 'background' },
  'accept-changed-key': { type: 'accept-changed-key', id: 'a', fingerprint: 'SHA256:x' },
  answer: { type: 'answer', id: 'q', answer: { kind: 'answers', answers: ['1', '2'] } },
  network: { type: 'network', online: false },
  power: { type: 'power', what: 'suspended' },
  'make-key': {
    type: 'make-key',
    request: 'r',
    path: '/k',
    passphrase: 'ü',
    comment: 'c',
  },
  'install-key': { type: 'install-key', request: 'r', account: accountOf(), keyPath: '/k' },
  'take-keys': {
    type: 'take-keys',
    request: 'r',
    servers: [{ host: 'h', port: 22, keys: ['AAAA'] }],
  },
  'cancel-request': { type: 'cancel-request', request: 'r' },
  lock: { type: 'lock' },
  'shut-down': { type: 'shut-down' },
};

const REQUESTS: { readonly [K in PromptRequest['kind']]: Extract<PromptRequest, { kind: K }> } = {
  'host-key': {
    kind: 'host-key',
    host: 'h',
    port: 22,
    algorithm: 'ssh-ed25519',
    fingerprint: 'f',
    otherKeyKnown: true,
    authorityKnown: false,
  },
  passphrase: { kind: 'passphrase', keyPath: '/k', wrongBefore: true, triesLeft: 2 },
  password: { kind: 'password', user: 'u', host: 'h', wrongBefore: false },
  code: {
    kind: 'code',
    user: 'u',
    host: 'h',
    title: 't',
    instruction: 'i',
    questions: [{ text: 'q', echo: true }],
  },
};

const state = (value: TunnelState): HostEvent => ({
  type: 'state',
  id: 'a',
  state: value,
  traffic: NO_TRAFFIC,
  session: NO_FACTS,
});
const EVENTS: { readonly [T in HostEvent['type']]: Extract<HostEvent, { type: T }> } = {
  hello: { type: 'hello' },
  state: { type: 'state', id: 'a', state: STATES.off, traffic: NO_TRAFFIC, session: null },
  prompt: { type: 'prompt', id: 'q', accountId: 'a', request: REQUESTS.password },
  'prompt-gone': { type: 'prompt-gone', id: 'q' },
  log: { type: 'log', level: 'error', text: 't' },
  'key-made': {
    type: 'key-made',
    request: 'r',
    result: { ok: true, value: { path: '/k', publicKey: 'ssh-ed25519 A c', fingerprint: 'f' } },
  },
  'key-installed': {
    type: 'key-installed',
    request: 'r',
    result: { ok: true, value: { how: 'added', over: 'sftp', greeting: '+OK' } },
  },
  'keys-taken': {
    type: 'keys-taken',
    request: 'r',
    result: { ok: true, value: { kind: 'conflict', host: 'h', port: 22, fingerprint: 'f' } },
  },
  stopped: { type: 'stopped' },
};

/** What a message is on the other side of the port: cloned, then parsed. */
const across = (message: HostEvent): unknown => eventSchema.parse(structuredClone(message));

describe('the messages between main and the tunnel host', () => {
  it.each(Object.values(COMMANDS))('$type arrives as it was sent', (command) => {
    expect(commandSchema.parse(structuredClone(command))).toEqual(command);
  });

  it.each(Object.values(EVENTS))('$type arrives as it was said', (event) => {
    expect(across(event)).toEqual(event);
  });

  it.each(Object.entries(STATES))('the state %s arrives', (_name, value) => {
    expect(across(state(value))).toEqual(state(value));
  });

  it.each(Object.values(ERRORS))('the error $kind arrives in every state that has one', (error) => {
    const values: readonly TunnelState[] = [
      { kind: 'needs-attention', error },
      { kind: 'retrying', tries: 1, retryAt: 2, cause: error },
      { kind: 'connected', attempt: 1, since: 1, proof: { kind: 'failed', error } },
    ];
    for (const value of values) expect(across(state(value))).toEqual(state(value));
    for (const type of ['key-made', 'key-installed'] as const) {
      const answer: HostEvent = { type, request: 'r', result: { ok: false, error } };
      expect(across(answer)).toEqual(answer);
    }
  });

  it.each(Object.values(REQUESTS))('the question $kind arrives', (request) => {
    const event: HostEvent = { type: 'prompt', id: 'q', accountId: 'a', request };
    expect(across(event)).toEqual(event);
  });

  it.each([
    { kind: 'trust' },
    { kind: 'cancel' },
    { kind: 'secret', secret: 'ü' },
    { kind: 'answers', answers: [] },
  ] as const)('the answer $kind arrives', (answer) => {
    const command: HostCommand = { type: 'answer', id: 'q', answer };
    expect(commandSchema.parse(command)).toEqual(command);
  });

  it('takes no port that is none, and no account that is half one', () => {
    const account = accountOf();
    for (const broken of [
      { ...account, sshPort: 0 },
      { ...account, sshPort: 65_536 },
      { ...account, sshPort: '22' },
      { ...account, mode: 'sometimes' },
      { ...account, signIn: { kind: 'guess' } },
      { ...account, forwards: [{ ...forwardOf(), localPort: 1.5 }] },
      { ...account, forwards: undefined },
      null,
    ])
      expect(
        commandSchema.safeParse({ type: 'set-account', account: broken, by: 'person', dial: true })
          .success,
      ).toBe(false);
  });
});
