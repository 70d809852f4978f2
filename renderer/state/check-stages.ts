import type { AccountView } from '../../electron/shared/app-snapshot';
import { describeError, type Translate } from '../../electron/shared/messages';
import { describeNoNetwork, errorOf } from '../../electron/shared/state-words';
import { assertNever } from '../../electron/shared/result';
import type { TunnelError } from '../../electron/shared/tunnel-error';
import type { GreetingProof, Phase, TunnelState } from '../../electron/shared/tunnel-state';

/** What is checked, one after the other. */
export const CHECK_STAGES = ['network', 'server', 'identity', 'sign-in', 'mail'] as const;
export type CheckStage = (typeof CHECK_STAGES)[number];

export type StageStatus = 'waiting' | 'working' | 'asking' | 'done' | 'failed';

/** One line of the check, in words. */
export interface StageView {
  readonly stage: CheckStage;
  readonly status: StageStatus;
  /** What came of it, or what is going on; empty while nothing is known. */
  readonly result: string;
}

const STAGE_OF_PHASE: Readonly<Record<Phase, CheckStage>> = {
  'reserving-port': 'network',
  'reaching-server': 'server',
  'verifying-host': 'identity',
  'signing-in': 'sign-in',
  greeting: 'mail',
};

/** Where a check stops at this error. */
export function stageOfError(error: TunnelError): CheckStage {
  switch (error.kind) {
    case 'port-in-use':
    case 'port-forbidden':
    case 'address-unavailable':
    case 'engine-stopped':
    case 'no-network':
      return 'network';
    case 'timed-out':
      return STAGE_OF_PHASE[error.phase];
    case 'host-not-found':
    case 'connection-refused':
    case 'unreachable':
    case 'proxy-failed':
    case 'not-ssh':
    case 'connection-lost':
    case 'unexpected':
      return 'server';
    case 'no-common-algorithm':
    case 'host-key-changed':
    case 'host-key-revoked':
    case 'known-hosts-unusable':
      return 'identity';
    case 'sign-in-refused':
    case 'no-way-to-sign-in':
    case 'key-unusable':
    case 'key-not-made':
    case 'key-not-installed':
    case 'agent-unavailable':
      return 'sign-in';
    case 'answer-needed':
    case 'cancelled-by-person':
      return error.what === 'host-key' ? 'identity' : 'sign-in';
    case 'forward-refused':
    case 'no-greeting':
    case 'wrong-greeting':
    case 'certificate-refused':
    case 'tls-failed':
      return 'mail';
    default:
      return assertNever(error);
  }
}

interface Front {
  /** Everything before this stage is done; null: all of it is. */
  readonly stage: CheckStage | null;
  readonly status: StageStatus;
}

/** How far the check has come. */
function frontOf(state: TunnelState): Front {
  const error = errorOf(state);
  if (error !== null) return { stage: stageOfError(error), status: 'failed' };
  switch (state.kind) {
    case 'off':
    case 'disconnecting':
      return { stage: 'network', status: 'waiting' };
    case 'offline':
      return { stage: 'network', status: 'working' };
    case 'connecting':
      return { stage: STAGE_OF_PHASE[state.phase], status: 'working' };
    case 'waiting-for-user':
      return { stage: STAGE_OF_PHASE[state.phase], status: 'asking' };
    case 'ready':
      // Hung up again after it was proven, or about to dial.
      return state.last === null
        ? { stage: 'server', status: 'waiting' }
        : { stage: null, status: 'done' };
    case 'connected':
      return state.proof.kind === 'greeted'
        ? { stage: null, status: 'done' }
        : { stage: 'mail', status: 'working' };
    case 'retrying':
    case 'needs-attention':
      // Both carry an error, and were told of above.
      return { stage: 'server', status: 'failed' };
    default:
      return assertNever(state);
  }
}

/** What the mail server said when it was asked last, if it said anything. */
export function greetingOf(state: TunnelState): GreetingProof | null {
  if (state.kind === 'ready') return state.last;
  return state.kind === 'connected' && state.proof.kind === 'greeted' ? state.proof.greeting : null;
}

function resultOf(stage: CheckStage, status: StageStatus, view: AccountView, t: Translate): string {
  const { account, state } = view;
  const error = errorOf(state);
  if (status === 'waiting') return '';
  if (status === 'failed' && error !== null) return describeError(error, t).title;
  if (stage === 'network' && state.kind === 'offline') return describeNoNetwork(t);
  return t(`wizard:stage.${stage}.${status}`, {
    host: account.sshHost,
    user: account.sshUser,
    mailHost: account.forwards[0]?.mailHost ?? account.sshHost,
    port: String(account.forwards[0]?.localPort ?? ''),
  });
}

/** The check as it stands, line by line. Pure. */
export function stagesOf(view: AccountView, t: Translate): readonly StageView[] {
  const front = frontOf(view.state);
  const at = front.stage === null ? CHECK_STAGES.length : CHECK_STAGES.indexOf(front.stage);
  return CHECK_STAGES.map((stage, index) => {
    const status = index < at ? 'done' : index === at ? front.status : 'waiting';
    return { stage, status, result: resultOf(stage, status, view, t) };
  });
}

/** The one sentence a screen reader hears when the check moves on; empty when there is nothing to say. */
export function stageSpoken(stages: readonly StageView[], t: Translate): string {
  const last = stages.findLast(({ status }) => status !== 'waiting');
  if (last === undefined || last.result === '') return '';
  return t('wizard:check.spoken', {
    stage: t(`wizard:stage.${last.stage}.title`),
    result: last.result,
  });
}
