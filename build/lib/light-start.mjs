/**
 * Keeps out of the application's start what it does not use, or not yet: the tray waits for all that is read before
 * it. What is left out is left out by its importer's name, so that everybody else gets the real thing.
 */

/**
 * conf loads a checker of JSON schemas, and a reader of version numbers for its migrations. Our stores use neither:
 * zod checks what is read, and account-migrations.ts migrates.
 */
const NO_SCHEMAS = `
export class Ajv2020 {
  constructor() {
    throw new Error('Stores are built without JSON schemas and without migrations of conf.');
  }
}
export default {};
`;

/** conf asks on every reading whether defaults were added. Node's checker of test results, for which it does so, is not small. */
const NO_ASSERT = `
import { isDeepStrictEqual } from 'node:util';
export default {
  deepEqual(actual, expected) {
    if (!isDeepStrictEqual(actual, expected)) throw new Error('not equal');
  },
};
`;

/** electron-log looks for the program's name and version in several places. We tell it the one and never ask for the other. */
const NO_SEARCH = 'module.exports = { findAndReadPackageJson: () => ({}) };';

/** electron-log can send its lines to a server, for which it loads HTTP and TLS. Ours must never do so. */
const NO_REMOTE = 'module.exports = () => null;';

/** The functions of node:crypto, which is not small, loaded with the first call. */
const CRYPTO_ON_CALL = `
const crypto = () => process.getBuiltinModule('node:crypto');
export const createHash = (...given) => crypto().createHash(...given);
export const createHmac = (...given) => crypto().createHmac(...given);
export const timingSafeEqual = (...given) => crypto().timingSafeEqual(...given);
export const randomBytes = (...given) => crypto().randomBytes(...given);
export const randomUUID = (...given) => crypto().randomUUID(...given);
export default { createHash, randomBytes, randomUUID };
`;

/** @type {readonly { importer: RegExp, source: RegExp, id: string, code: string }[]} */
const REPLACED = [
  {
    importer: /\/node_modules\/conf\//,
    source: /'(?:ajv\/dist\/2020\.js|ajv-formats|semver)'/g,
    id: 'virtual:no-schemas',
    code: NO_SCHEMAS,
  },
  {
    importer: /\/node_modules\/conf\//,
    source: /'node:assert'/g,
    id: 'virtual:no-assert',
    code: NO_ASSERT,
  },
  {
    importer: /\/electron-log\/src\/node\/NodeExternalApi/,
    source: /'\.\/packageJson'/g,
    id: 'virtual:no-search.cjs',
    code: NO_SEARCH,
  },
  {
    importer: /\/electron-log\/src\/node\/createDefaultLogger/,
    source: /'\.\/transports\/remote'/g,
    id: 'virtual:no-remote.cjs',
    code: NO_REMOTE,
  },
  {
    importer:
      /\/node_modules\/conf\/|\/electron\/(?:(?:accounts|control|core|desktop|state)\/|tunnel\/(?:host-requests|host-keys|known-hosts))/,
    source: /'node:crypto'/g,
    id: 'virtual:crypto-on-call',
    code: CRYPTO_ON_CALL,
  },
];

/** @returns {import('vite').Plugin} */
export function lightStart() {
  return {
    name: 'light-start',
    enforce: 'pre',
    // In the text, since what Node brings along is settled before anybody is asked where it is.
    transform: (text, importer) =>
      REPLACED.filter((each) => each.importer.test(importer)).reduce(
        (code, { source, id }) => code.replaceAll(source, `'${id}'`),
        text,
      ),
    resolveId: (source) => REPLACED.find((each) => each.id === source) && `\0${source}`,
    load: (id) => REPLACED.find((each) => id === `\0${each.id}`)?.code,
  };
}
