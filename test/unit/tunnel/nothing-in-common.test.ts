import { describe, expect, it } from 'vitest';
import { mapConnectionError } from '../../../electron/tunnel/error-mapping';

describe('a server that has nothing in common with us', () => {
  const told = (what: string, offers: readonly string[], oldServer: boolean) =>
    mapConnectionError(new Error(`Handshake failed: no matching ${what}`), {
      ...{ host: 'host.example', port: 22, user: 'me', phase: 'verifying-host' },
      ...{ tried: [], offered: [], serverSays: '', offers, oldServer },
    });

  it.each([
    ['C->S cipher', 'aes256-cbc', true],
    ['S->C cipher', 'chacha20-poly1305@openssh.com', false],
    ['key exchange algorithm', 'diffie-hellman-group14-sha1', true],
    ['key exchange algorithm', 'diffie-hellman-group1-sha1', false],
    ['host key format', 'ssh-rsa', true],
    ['host key format', 'ssh-dss', false],
    ['S->C MAC', 'hmac-sha1', true],
    ['C->S MAC', 'hmac-md5', false],
    ['C->S compression', 'zlib', false],
  ])('is told of, and of a setting only where that helps: %s %s', (what, name, oldServerHelps) => {
    const offers = [name];
    expect(told(what, offers, false)).toMatchObject({ what, offers, oldServerHelps });
    expect(told(what, offers, true)).toMatchObject({ what, offers, oldServerHelps: false });
  });

  it('hears what Mailmole needs, with the setting and without', () => {
    const { needs } = { needs: [], ...told('C->S cipher', [], false) };
    expect(needs).toEqual(expect.arrayContaining(['aes128-gcm@openssh.com', 'aes256-cbc']));
  });

  it('may be an old one where nothing is known of it', () => {
    expect(told('C->S cipher', [], false)).toMatchObject({ oldServerHelps: true });
  });
});
