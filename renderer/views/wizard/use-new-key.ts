import { useEffect, useRef, useState, type RefObject } from 'react';
import type { DraftProblem } from '../../../electron/shared/account';
import { describeError } from '../../../electron/shared/messages';
import { useAnnounce } from '../../components/Announcer';
import { useWords } from '../../i18n/use-words';
import { draftOf } from '../../state/form-state';
import { useVerbs } from '../../state/verbs';
import { withSignIn } from '../../state/wizard-state';
import type { Installing } from './KeyReady';
import type { WizardHandle } from './use-wizard';

interface Making {
  readonly first: RefObject<HTMLInputElement | null>;
  readonly second: RefObject<HTMLInputElement | null>;
  readonly isOpen: boolean;
  readonly setIsOpen: (isOpen: boolean) => void;
  readonly isMaking: boolean;
  readonly problem: DraftProblem | null;
  readonly make: () => Promise<void>;
}

interface InstallHandle {
  readonly installing: Installing;
  readonly install: () => Promise<void>;
  /** Ends an installation that is under way. */
  readonly cancel: () => void;
}

export type NewKeyHandle = Making & InstallHandle;

function complaint(messageKey: string): DraftProblem {
  return { field: 'signIn', messageKey, params: {} };
}

/** What was typed into two fields, which are empty from then on; or what is wrong with it. */
function takePassphrase(
  first: HTMLInputElement | null,
  second: HTMLInputElement | null,
): string | DraftProblem {
  const [typed, again] = [first?.value ?? '', second?.value ?? ''];
  if (typed === '') return complaint('wizard:key.empty');
  for (const field of [first, second]) if (field !== null) field.value = '';
  return typed === again ? typed : complaint('wizard:key.differ');
}

/** Makes a key. The passphrase is read from its field on sending, and nowhere kept. */
function useMaking({ fields, update }: WizardHandle): Making {
  const t = useWords();
  const verbs = useVerbs();
  const announce = useAnnounce();
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [isMaking, setIsMaking] = useState(false);
  const [problem, setProblem] = useState<DraftProblem | null>(null);
  const { form } = fields;

  const make = async (): Promise<void> => {
    const passphrase = isOpen ? null : takePassphrase(first.current, second.current);
    if (passphrase !== null && typeof passphrase !== 'string') {
      setProblem(passphrase);
      first.current?.focus();
      return;
    }
    setProblem(null);
    setIsMaking(true);
    const made = await verbs.makeKey(passphrase, `${form.sshUser}@${form.sshHost}`);
    setIsMaking(false);
    if (made === undefined) return;
    if (!made.ok) {
      const { title } = describeError(made.error, t);
      setProblem({ ...complaint('wizard:key.not-made'), params: { why: title } });
      return;
    }
    update({ key: made.value });
    announce(t('wizard:key.ready'));
    fields.set((now) => withSignIn(now, 'make-key', made.value), 'signIn.path');
  };

  return { first, second, isOpen, setIsOpen, isMaking, problem, make };
}

/** Puts the key that was made on the server. */
function useInstalling({ fields, state, update, isRight }: WizardHandle): InstallHandle {
  const t = useWords();
  const verbs = useVerbs();
  const announce = useAnnounce();
  const [installing, setInstalling] = useState<Installing>(
    state.isInstalled ? { kind: 'done', installed: null } : { kind: 'not-yet' },
  );
  const turns = useRef(0);
  const { form } = fields;
  // Whoever turns to another page no longer waits for it.
  useEffect(() => () => void verbs.cancelInstall(), [verbs]);

  const install = async (): Promise<void> => {
    if (state.key === null || !(await isRight())) return;
    const turn = ++turns.current;
    setInstalling({ kind: 'working' });
    announce(t('wizard:install.working', { host: form.sshHost }));
    // Signs in with the password once; from then on the key takes its place.
    const draft = { ...draftOf(form), signIn: { kind: 'password' } as const };
    const answer = await verbs.installKey(state.id, draft, state.key.path);
    if (turn !== turns.current) return;
    if (answer?.ok !== true) {
      setInstalling({ kind: 'not-yet' });
    } else if (answer.value.ok) {
      setInstalling({ kind: 'done', installed: answer.value.value });
      update({ isInstalled: true });
      announce(t('wizard:install.done', { host: form.sshHost }));
    } else {
      setInstalling({ kind: 'failed', error: answer.value.error });
    }
  };

  const cancel = (): void => {
    turns.current += 1;
    setInstalling({ kind: 'not-yet' });
    void verbs.cancelInstall();
  };
  return { installing, install, cancel };
}

/** Everything about a key that is to be made. */
export function useNewKey(wizard: WizardHandle): NewKeyHandle {
  return { ...useMaking(wizard), ...useInstalling(wizard) };
}
