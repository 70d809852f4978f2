import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { PAM_FOLDER, SERVICE_PREFIX } from './sshd-pam.ts';
import { FOLDER_PREFIX } from './world-folder.ts';

/**
 * What the world of this test process has left on the machine: processes that name one of its folders
 * or work in it, folders, PAM services. Empty when everything has been stopped.
 */
export function leftBehind(): string[] {
  const mark = `${FOLDER_PREFIX}${process.pid}-`;
  const carriesMark = (read: () => string) => {
    try {
      return read().includes(mark);
    } catch {
      return false;
    }
  };
  const processes = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter(
      (pid) =>
        carriesMark(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ||
        carriesMark(() => readlinkSync(`/proc/${pid}/cwd`)) ||
        carriesMark(() => readlinkSync(`/proc/${pid}/fd/2`)),
    );
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(mark));
  const services = existsSync(PAM_FOLDER) ? readdirSync(PAM_FOLDER) : [];
  const service = `${SERVICE_PREFIX}${process.pid}-`;
  return [
    ...processes.map((pid) => `process ${pid}`),
    ...folders,
    ...services.filter((name) => name.startsWith(service)),
  ];
}
