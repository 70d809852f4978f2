import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';

function field(content: string | Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(content));
  return Buffer.concat([length, Buffer.from(content)]);
}

/** A fresh Ed25519 public key as an SSH blob (RFC 8709). */
export function ed25519Blob(): Buffer {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return Buffer.concat([field('ssh-ed25519'), field(Buffer.from(x, 'base64url'))]);
}

/** A fresh ECDSA P-256 public key as an SSH blob (RFC 5656). */
export function ecdsaBlob(): Buffer {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  return Buffer.concat([
    field('ecdsa-sha2-nistp256'),
    field('nistp256'),
    field(Buffer.concat(point)),
  ]);
}

/** A fresh RSA public key as an SSH blob (RFC 4253, 6.6). */
export function rsaBlob(): Buffer {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')]);
  return Buffer.concat([field('ssh-rsa'), field(Buffer.from(e, 'base64url')), field(modulus)]);
}

/** A key as it stands in a known_hosts line: type and base64. */
export function keyText(blob: Buffer): string {
  return `${blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))} ${blob.toString('base64')}`;
}

/** A name as `HashKnownHosts yes` writes it. */
export function hashedName(name: string, salt: string): string {
  const bytes = createHash('sha1').update(salt).digest();
  const hash = createHmac('sha1', bytes).update(name).digest('base64');
  return `|1|${bytes.toString('base64')}|${hash}`;
}
