import ssh2 from 'ssh2';

/** An Ed25519 key pair for a server in this process. Now and then ssh2 (1.17.0) makes one that it cannot read itself. */
export function makeServerKey(): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
