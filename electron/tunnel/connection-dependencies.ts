import type { AttemptSecrets } from '../secrets/key-ring';
import type { Phase } from '../shared/tunnel-state';
import type { AttemptMemory } from './attempt-memory';
import type { ConnectionPlan } from './connection-plan';
import type { ChannelRequest } from './early-channel';
import type { HostKeys } from './host-keys';
import type { KeyOpener } from './key-opener';
import type { Person } from './person';
import type { Log } from './ports';

/** What one connection to one server is made with; of a route through other servers each has its own. */
export interface ConnectionDependencies {
  readonly plan: ConnectionPlan;
  readonly hostKeys: HostKeys;
  readonly secrets: AttemptSecrets;
  /** For the passwords of proxies. */
  readonly proxySecrets: AttemptSecrets;
  readonly memory: AttemptMemory;
  readonly opener: KeyOpener;
  readonly agentSocket: string | null;
  readonly person: Person;
  readonly log: Log;
  /** A fingerprint that a person compared and takes in place of the known key. */
  readonly acceptedFingerprint: string | null;
  readonly onPhase: (phase: Phase) => void;
  /** The channel that will be wanted first, asked for together with the sign-in where that can be; default none. */
  readonly firstChannel?: () => ChannelRequest | null;
  /** The same for the server that the plan jumps from; null when it does not. */
  readonly via: ConnectionDependencies | null;
}
