import { chown } from 'node:fs/promises';
import { startSshd, type Sshd } from '../world/sshd.ts';
import { isRoot, testAccount } from '../world/test-account.ts';
import { makeWorldFolder } from '../world/world-folder.ts';

/** A server that takes the account's password, and whose account keeps its list of keys in a home of its own. */
export interface HomeServer {
  readonly sshd: Sshd;
  /** Path of the list of keys, which is not there yet. */
  readonly list: string;
  stop(): Promise<void>;
}

/** Starts it; files are reached by SFTP. Needs `passwordSignIn()`. */
export async function startHomeServer(): Promise<HomeServer> {
  const home = await makeWorldFolder('home');
  const { uid, gid } = await testAccount();
  if (isRoot()) await chown(home.path, uid, gid);
  const list = home.file('.ssh', 'authorized_keys');
  const sshd = await startSshd({
    access: 'shell',
    authentication: 'publickey password',
    config: {
      AuthorizedKeysFile: list,
      SetEnv: `HOME=${home.path}`,
      Subsystem: `sftp internal-sftp -d ${home.path}`,
    },
  });
  const stop = async (): Promise<void> => {
    await sshd.stop();
    await home.remove();
  };
  return { sshd, list, stop };
}
