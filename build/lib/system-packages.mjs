/** The system's own libraries and programs: which are missing, and how they come here. */
import fs from 'node:fs';
import path from 'node:path';
import { aptInstall } from './apt.mjs';
import { run } from './run.mjs';

/**
 * @typedef {'run' | 'display' | 'test' | 'package' | 'bench'} Group
 * @typedef {[debianNames: string, proof: string]} Need the packages to choose from, newest name
 *   last, and what shows that one is here: `lib:` a shared library, `bin:` a program, else a path
 */

/** @type {Record<Group, Need[]>} */
const needs = {
  /** What Electron itself loads. */
  run: [
    ['libgtk-3-0|libgtk-3-0t64', 'lib:libgtk-3.so.0'],
    ['libnss3', 'lib:libnss3.so'],
    ['libasound2|libasound2t64', 'lib:libasound.so.2'],
    ['libgbm1', 'lib:libgbm.so.1'],
    ['libnotify4', 'lib:libnotify.so.4'],
    ['libsecret-1-0', 'lib:libsecret-1.so.0'],
    ['libxss1', 'lib:libXss.so.1'],
    ['libxtst6', 'lib:libXtst.so.6'],
    ['xdg-utils', 'bin:xdg-open'],
  ],
  /** A virtual display with a tray: for the demonstration and the tests. */
  display: [
    ['xvfb', 'bin:Xvfb'],
    ['util-linux', 'bin:setpriv'],
    ['dbus', 'bin:dbus-daemon'],
    ['dbus-x11', 'bin:dbus-launch'],
    ['libglib2.0-bin', 'bin:gdbus'],
    ['xfwm4', 'bin:xfwm4'],
    ['xfce4-panel', 'bin:xfce4-panel'],
    ['hicolor-icon-theme', '/usr/share/icons/hicolor/index.theme'],
    ['adwaita-icon-theme', '/usr/share/icons/Adwaita/index.theme'],
    ['fonts-dejavu-core', '/usr/share/fonts/truetype/dejavu|/usr/share/fonts/dejavu-sans-fonts'],
  ],
  /** The real servers and mail programs that the tests talk to. */
  test: [
    ['openssh-client', 'bin:ssh-agent'],
    ['openssh-server', 'bin:sshd'],
    // Its server alone: `dropbear` brings a service. The second gives it a home for the account of the tests.
    ['dropbear-bin', 'bin:dropbear'],
    [
      'libnss-wrapper',
      ['x86_64-linux-gnu/', 'aarch64-linux-gnu/', '']
        .map((folder) => `/usr/lib/${folder}libnss_wrapper.so`)
        .join('|'),
    ],
    ['dovecot-pop3d', '/usr/lib/dovecot/pop3|/usr/libexec/dovecot/pop3'],
    ['dovecot-imapd', '/usr/lib/dovecot/imap|/usr/libexec/dovecot/imap'],
    ['exim4-daemon-light', 'bin:exim4'],
    ['fetchmail', 'bin:fetchmail'],
    ['mpop', 'bin:mpop'],
    ['getmail6', 'bin:getmail'],
    ['isync', 'bin:mbsync'],
    ['msmtp', 'bin:msmtp'],
    ['curl', 'bin:curl'],
    ['ca-certificates', '/etc/ssl/certs/ca-certificates.crt'],
    // Shows the notifications, and says what it was given.
    ['dunst', 'bin:dunst'],
    ['dbus-bin|dbus', 'bin:dbus-monitor'],
    ['putty-tools', 'bin:puttygen'],
    ['microsocks', 'bin:microsocks'],
    // Not `tinyproxy`, which brings a service.
    ['tinyproxy-bin', 'bin:tinyproxy'],
    ['openssl', 'bin:openssl'],
    // A slow line, whose sockets need options that Node does not have.
    ['python3', '/usr/bin/python3'],
    // A server that takes SHA-1 signatures only.
    ['python3-paramiko', '/usr/lib/python3/dist-packages/paramiko'],
    // The completions are tried in the shells they are for.
    ['zsh', 'bin:zsh'],
    ['fish', 'bin:fish'],
    // One-time codes for sshd, by its PAM module.
    ['libpam-google-authenticator', 'bin:google-authenticator'],
  ],
  /** What electron-builder calls for a tar.gz and a .deb. */
  package: [
    ['p7zip-full|7zip', 'bin:7za|bin:7z|bin:7zz'],
    ['dpkg', 'bin:dpkg-deb'],
  ],
  /** What makes the bench's slow lines, and closes a window as a person does. */
  bench: [
    ['xdotool', 'bin:xdotool'],
    ['gcc', 'bin:cc'],
    ['libc6-dev', '/usr/include/stdio.h'],
    ['iproute2', 'bin:ip'],
    ['util-linux', 'bin:nsenter'],
  ],
};

/**
 * Makes sure that every library and program of the groups is here. As root on Debian and its
 * relatives it installs what is missing; elsewhere it says what to do.
 * @param {readonly Group[]} groups
 * @throws {Error} with the one command to run, when something is missing and we may not install it
 */
export async function ensureSystemPackages(groups) {
  if (process.platform !== 'linux') return;
  const missing = await missingNeeds(groups);
  if (missing.length === 0) return;
  const names = missing.map(([debianNames]) => debianNames);
  if (!findProgram('apt-get')) {
    const proofs = missing.map(([, proof]) => proof.replaceAll('bin:', '').replaceAll('lib:', ''));
    throw new Error(`Missing on this system: ${proofs.join(', ')}. Install them, then try again.`);
  }
  await aptInstall(names);
  const still = await missingNeeds(groups);
  if (still.length > 0) {
    throw new Error(`Still missing after the installation: ${still.map(String).join('; ')}.`);
  }
}

/**
 * Finds a program the way a shell would, and in the folders kept for the administrator.
 * @param {string} name
 * @returns {string | undefined} its path
 */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/**
 * @param {readonly Group[]} groups
 * @returns {Promise<Need[]>}
 */
async function missingNeeds(groups) {
  const wanted = groups.flatMap((group) => needs[group]);
  const ldconfig = findProgram('ldconfig');
  const libraries = ldconfig && (await run(ldconfig, ['-p'], { output: 'pipe' })).stdout;
  const isHere = (/** @type {string} */ proof) => {
    if (proof.startsWith('bin:')) return findProgram(proof.slice(4)) !== undefined;
    // Without ldconfig (musl, NixOS) nothing can be said, and the loader will say it soon enough.
    if (proof.startsWith('lib:')) return !libraries || libraries.includes(`\t${proof.slice(4)} `);
    return fs.existsSync(proof);
  };
  return wanted.filter(([, proof]) => !proof.split('|').some(isHere));
}
