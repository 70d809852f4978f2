/** What becomes of each option of ssh_config(5), by its name in lower case. */
export type KeywordFate =
  /** Mailmole has the same, or reads it for what else it says. */
  | { readonly kind: 'carried' }
  /** It changes nothing that Mailmole does: sessions, terminals, log texts, what Mailmole does by itself. */
  | { readonly kind: 'idle' }
  /** It is told that it is left out, unless it has one of these values (lower case), which ask for nothing. */
  | { readonly kind: 'left-out'; readonly why: string; readonly unless: readonly string[] };

const CARRIED = [
  'compression hostname identitiesonly identityagent identityfile localforward passwordauthentication port',
  'preferredauthentications proxyjump pubkeyauthentication user kexalgorithms hostkeyalgorithms ciphers macs',
  'pubkeyacceptedalgorithms pubkeyacceptedkeytypes serveraliveinterval serveralivecountmax connecttimeout',
  'userknownhostsfile clearallforwardings',
]
  .join(' ')
  .split(' ');

const IDLE = [
  'addkeystoagent afstokenpassing batchmode canonicaldomains canonicalizefallbacklocal canonicalizemaxdots checkhostip',
  'canonicalizepermittedcnames challengeresponseauthentication channeltimeout cipher',
  'compressionlevel connectionattempts controlmaster controlpath controlpersist enableescapecommandline',
  'escapechar exitonforwardfailure fingerprinthash forkafterauthentication forwardx11timeout forwardx11trusted',
  'hashknownhosts host hostbasedacceptedalgorithms hostbasedkeytypes ignoreunknown ipqos kbdinteractiveauthentication',
  'kbdinteractivedevices keepalive loglevel logverbose nohostauthenticationforlocalhost numberofpasswordprompts',
  'obscurekeystroketiming protocol proxyusefdpass rekeylimit requesttty requiredrsasize sendenv setenv sessiontype',
  'stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tag tcpkeepalive updatehostkeys useprivilegedport',
  'usersh verifyhostkeydns versionaddendum visualhostkey xauthlocation enablesshkeysign permitremoteopen dsaauthentication',
  'fallbacktorsh rsaauthentication rhostsrsaauthentication useroaming warnweakcrypto refuseconnection',
  'casignaturealgorithms gssapidelegatecredentials',
]
  .join(' ')
  .split(' ');

const NO = ['no', 'none', 'false'];

/** By reason; a name with a colon has values that ask for nothing. */
const LEFT_OUT: readonly (readonly [why: string, unless: readonly string[], names: string])[] = [
  [
    'import:why.program',
    NO,
    'proxycommand remotecommand localcommand permitlocalcommand knownhostscommand',
  ],
  ['import:why.only-mail', NO, 'remoteforward dynamicforward tunnel tunneldevice subsystem'],
  ['import:why.no-session', NO, 'forwardx11 forwardagent'],
  ['import:why.loopback-only', NO, 'gatewayports'],
  [
    'import:why.always-checked',
    ['yes', 'true', 'ask', 'accept-new'],
    'stricthostkeychecking hostkeyalias revokedhostkeys',
  ],
  ['import:why.known-hosts', NO, 'globalknownhostsfile userknownhostsfile2'],
  ['import:why.known-hosts', NO, 'globalknownhostsfile2'],
  ['import:why.network', ['any'], 'addressfamily bindaddress bindinterface'],
  [
    'import:why.sign-in',
    NO,
    'certificatefile gssapiauthentication hostbasedauthentication kerberosauthentication pkcs11provider smartcarddevice',
  ],
  ['import:why.sign-in', ['internal'], 'securitykeyprovider'],
  ['import:why.canonical', NO, 'canonicalizehostname'],
];

const FATES: ReadonlyMap<string, KeywordFate> = new Map<string, KeywordFate>([
  ...CARRIED.map((name) => [name, { kind: 'carried' }] as const),
  ...IDLE.map((name) => [name, { kind: 'idle' }] as const),
  ...LEFT_OUT.flatMap(([why, unless, names]) =>
    names.split(' ').map((name) => [name, { kind: 'left-out', why, unless }] as const),
  ),
]);

/** Null: ssh knows no such option. */
export function fateOf(keyword: string): KeywordFate | null {
  return FATES.get(keyword) ?? null;
}

/** Is this an option of ssh_config(5), or one of its block headings? */
export function isSshKeyword(word: string): boolean {
  const keyword = word.toLowerCase();
  return FATES.has(keyword) || ['host', 'match', 'include'].includes(keyword);
}

/** Names of algorithms that only servers of the past need, and that Mailmole offers them (see `algorithms.ts` of the engine). */
const OF_THE_PAST =
  /(?:diffie-hellman-group(?:1|14|-exchange)-sha1|\bssh-rsa\b|\bssh-dss\b|\b(?:aes\d+|3des|blowfish|cast128)-cbc\b|hmac-(?:md5|sha1)\b)/u;

/** Does a list of algorithms add what only old servers need? A list that takes away (`-`) does not. */
export function asksForThePast(list: string): boolean {
  return !list.startsWith('-') && OF_THE_PAST.test(list);
}
