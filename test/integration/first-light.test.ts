import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProven, type TunnelState } from '../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine, type TestEngine } from '../support/engine';
import { startDovecot, type Dovecot } from '../world/dovecot';
import { compareDelivery, howtoRc, makeFetchmail, perfectDelivery } from '../world/fetchmail';
import { generateMessages } from '../world/messages';
import { PASSPHRASE, makeKey, writeKey } from '../world/ssh-keys';
import { startSshd, type Sshd } from '../world/sshd';

describe('one mailbox through the engine', () => {
  const messages = generateMessages({ count: 20 });
  let dovecot: Dovecot;
  let sshd: Sshd;
  let engine: TestEngine;

  beforeAll(async () => {
    dovecot = await startDovecot({ messages, tls: false });
    sshd = await startSshd({
      authorizedKeys: [await makeKey({ type: 'ed25519' })],
      access: 'no-sessions',
    });
  });
  afterAll(async () => {
    await sshd.stop();
    await dovecot.stop();
  });

  it('asks for the host key and the passphrase, is proven by the greeting, carries fetchmail', async () => {
    engine = await startEngine();
    const key = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
    const path = await writeKey(engine.folder, key, 'id');
    engine.answerWith((request) => {
      if (request.kind === 'host-key') return { kind: 'trust' };
      if (request.kind === 'passphrase') return { kind: 'secret', secret: PASSPHRASE };
      return { kind: 'cancel' };
    });
    const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
    const account = accountFor(sshd, [forward], {
      mode: 'on-demand',
      signIn: { kind: 'key-file', path },
    });
    const fetchmail = await makeFetchmail();
    try {
      engine.host.setAccount(account, 'person');
      const state: TunnelState = await engine.when(isProven, 'green');
      expect(state).toMatchObject({ proof: { greeting: { text: '+OK Dovecot ready.' } } });
      expect(engine.prompts.map((request) => request.kind)).toEqual(['host-key', 'passphrase']);
      expect(engine.prompts[0]).toMatchObject({ fingerprint: sshd.hostKeys[0]?.fingerprint });
      expect(engine.session()).toMatchObject({ signedInBy: 'key', strictKeyExchange: true });

      const run = await fetchmail.run(howtoRc(forward.localPort));
      expect(run.output).toContain('20 messages');
      expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
        perfectDelivery(messages),
      );
    } finally {
      await fetchmail.stop();
      await engine.stop();
    }
  });
});
