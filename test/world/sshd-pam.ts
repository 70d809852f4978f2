import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { needProgram } from './child.ts';
import { isRoot } from './test-account.ts';
import type { Availability } from './test-account.ts';
import { belongsToDeadProcess } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

export const PAM_FOLDER = '/etc/pam.d';
/** Of the name of every PAM service; the number of the test process and a dash follow. */
export const SERVICE_PREFIX = 'mailmole-test-';
const CODE_MODULE = 'pam_google_authenticator.so';

let made = 0;

/** Whether sshd can check passwords of ours, alone or as a question: it needs root and PAM. */
export function passwordSignIn(): Availability {
  if (!isRoot()) return { available: false, reason: 'password sign-in needs root' };
  if (!existsSync(PAM_FOLDER)) return { available: false, reason: 'there is no PAM' };
  return { available: true };
}

/** Whether sshd can ask for a one-time code after the password. */
export function oneTimeCodeSignIn(): Availability {
  const password = passwordSignIn();
  if (!password.available) return password;
  return moduleFile(CODE_MODULE) === null
    ? { available: false, reason: `${CODE_MODULE} of libpam-google-authenticator is missing` }
    : { available: true };
}

function moduleFile(name: string): string | null {
  const roots = ['/lib', '/usr/lib', '/lib64', '/usr/lib64'].filter((root) => existsSync(root));
  const folders = roots.flatMap((root) => [
    root,
    ...readdirSync(root).map((at) => path.join(root, at)),
  ]);
  return folders.map((at) => path.join(at, 'security', name)).find((at) => existsSync(at)) ?? null;
}

export interface PamRequest {
  readonly password: string;
  readonly oneTimeCode: boolean;
  /** When given, PAM shows this text after a right sign-in and refuses the account, like an expired one. */
  readonly accountRefusal: string | null;
}

export interface PamService {
  /** sshd under the name that is also the name of its PAM service. */
  readonly sshd: string;
  /** The code that is right at this moment. */
  oneTimeCode(): string;
  remove(): Promise<void>;
}

/**
 * Makes a PAM service for one sshd. sshd takes its program name as the service's name, so it is run
 * through a link. The password is checked against a file of the world by the real pam_exec, so that
 * no entry of the system's own password file changes; the code by the real Google Authenticator module.
 */
export async function makePamService(
  folder: WorldFolder,
  request: PamRequest,
): Promise<PamService> {
  await sweep();
  made += 1;
  const name = `${SERVICE_PREFIX}${process.pid}-${made}`;
  const secret = randomBytes(20);
  const password = await folder.write('password', request.password);
  const otp = await folder.write('otp', `${base32(secret)}\n" TOTP_AUTH\n`);
  const check = await folder.write('check-password', checkScript(), 0o755);
  const lines = [
    `auth required pam_exec.so expose_authtok quiet ${check} ${password}`,
    ...(request.oneTimeCode ? [`auth required ${CODE_MODULE} user=root secret=${otp}`] : []),
    // Without a module that grants them, the credentials of a right sign-in are refused afterwards.
    'auth required pam_permit.so',
    ...(await accountLines(folder, request.accountRefusal)),
    'session required pam_permit.so',
  ];
  const service = path.join(PAM_FOLDER, name);
  await writeFile(service, `${lines.join('\n')}\n`, { mode: 0o644 });
  const sshd = folder.file(name);
  await symlink(needProgram('sshd', 'openssh-server'), sshd);
  return {
    sshd,
    oneTimeCode: () => timeCode(secret, Date.now()),
    remove: () => rm(service, { force: true }),
  };
}

/** pam_exec gives the typed password on standard input, some versions with a zero byte at its end. */
function checkScript(): string {
  const tr = needProgram('tr', 'coreutils');
  const cmp = needProgram('cmp', 'diffutils');
  return `#!/bin/sh\n${tr} -d '\\000' | ${cmp} -s - "$1"\n`;
}

async function accountLines(folder: WorldFolder, refusal: string | null): Promise<string[]> {
  if (refusal === null) return ['account required pam_permit.so'];
  const text = await folder.write('refusal', `${refusal}\n`, 0o644);
  return [`account optional pam_echo.so file=${text}`, 'account required pam_deny.so'];
}

/** Removes services of test runs that were killed. */
async function sweep(): Promise<void> {
  const dead = readdirSync(PAM_FOLDER).filter((name) => belongsToDeadProcess(name, SERVICE_PREFIX));
  await Promise.all(dead.map((name) => rm(path.join(PAM_FOLDER, name), { force: true })));
}

/** RFC 4648 without padding; the length is a multiple of five bytes. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const fives = bits.match(/.{5}/g) ?? [];
  return fives.map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('');
}

/** RFC 6238: six digits, steps of 30 s, HMAC-SHA-1. `now` in milliseconds since 1970. */
function timeCode(secret: Buffer, now: number): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac('sha1', secret).update(step).digest();
  const offset = hash.readUInt8(hash.length - 1) & 15;
  const code = (hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000;
  return String(code).padStart(6, '0');
}
