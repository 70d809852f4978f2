import type { AccountId } from './account';

/** Names one question while it is open. */
export type PromptId = string;

/** One line the server asks for in a keyboard-interactive exchange (RFC 4256): its own text, and whether typing may be seen. */
export interface CodeQuestion {
  readonly text: string;
  readonly echo: boolean;
}

/** A question to a person. Text that comes from a server is shown as text, never as markup. */
export type PromptRequest =
  | {
      readonly kind: 'host-key';
      readonly host: string;
      readonly port: number;
      readonly algorithm: string;
      /** `SHA256:` and unpadded base64, as OpenSSH prints it. */
      readonly fingerprint: string;
      /** Is another kind of key already known for this server? */
      readonly otherKeyKnown: boolean;
      /** Is a certificate's authority known for this server? That vouches for nothing here: certificates are not supported. */
      readonly authorityKnown: boolean;
    }
  | {
      readonly kind: 'passphrase';
      readonly keyPath: string;
      readonly wrongBefore: boolean;
      readonly triesLeft: number;
    }
  | {
      readonly kind: 'password';
      readonly user: string;
      readonly host: string;
      readonly wrongBefore: boolean;
    }
  | {
      readonly kind: 'code';
      readonly user: string;
      readonly host: string;
      readonly title: string;
      readonly instruction: string;
      readonly questions: readonly CodeQuestion[];
    };

/** How long what a person typed stays in memory once it has let them in. */
export const KEEP_UNLOCKED = ['until-quit', '15-minutes', 'ask-every-time'] as const;
export type KeepUnlocked = (typeof KEEP_UNLOCKED)[number];

/** How long `15-minutes` is, in milliseconds. */
export const KEPT_MS = 15 * 60_000;

/** What a person answered. `cancel` is an answer too. */
export type PromptAnswer =
  | { readonly kind: 'trust' }
  | {
      readonly kind: 'secret';
      readonly secret: string;
      /** Until Mailmole is quit, where nothing else is said. */
      readonly keep?: KeepUnlocked;
    }
  | { readonly kind: 'answers'; readonly answers: readonly string[] }
  | { readonly kind: 'cancel' }
  /** There is nobody to ask, as without a window, a terminal and a program that asks. */
  | { readonly kind: 'nobody' };

/** An open question, as the snapshot shows it. */
export interface OpenPrompt {
  readonly id: PromptId;
  readonly accountId: AccountId;
  readonly accountName: string;
  readonly request: PromptRequest;
}

/** May this answer be given to this question? The window's buttons and the broker's guard both ask this. */
export function fits(request: PromptRequest, answer: PromptAnswer): boolean {
  if (answer.kind === 'cancel' || answer.kind === 'nobody') return true;
  switch (request.kind) {
    case 'host-key':
      return answer.kind === 'trust';
    case 'passphrase':
    case 'password':
      return answer.kind === 'secret';
    case 'code':
      return answer.kind === 'answers' && answer.answers.length === request.questions.length;
  }
}
