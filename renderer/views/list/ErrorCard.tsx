import { useState } from 'react';
import type { DraftProblem } from '../../../electron/shared/account';
import { adminText } from '../../../electron/shared/admin-text';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import {
  describeAction,
  describeError,
  type ErrorAction,
  type Translate,
} from '../../../electron/shared/messages';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { badgeOf, canTryNow, type TunnelState } from '../../../electron/shared/tunnel-state';
import { Button } from '../../components/Button';
import { CopyIcon, CopyWords } from '../../components/CopyButton';
import { Details } from '../../components/Details';
import { FieldProblem } from '../../components/FieldProblem';
import { Fingerprint } from '../../components/Fingerprint';
import { useWords } from '../../i18n/use-words';
import { useSnapshot } from '../../state/use-snapshot';
import { isTryingAgain } from '../../state/use-trouble';
import { useVerbs } from '../../state/verbs';
import { CompareDialog } from './CompareDialog';
import { useErrorAction } from './use-error-action';
import '../../components/field.css';
import './error-card.css';

interface ErrorCardProps {
  readonly view: AccountView;
  readonly error: TunnelError;
  readonly onEdit: (field: string) => void;
}

/** How loudly the card speaks: a background retry mends itself and stays quiet. */
function toneOf(state: TunnelState): 'calm' | 'attention' | 'problem' {
  if (state.kind === 'retrying' || isTryingAgain(state)) return 'calm';
  return badgeOf(state) === 'needs-you' ? 'attention' : 'problem';
}

/** May this button be pressed in this state? The predicate is the one that guards the command. */
function isPossible(action: ErrorAction, state: TunnelState): boolean {
  return action === 'try-again' || action === 'enter-again' ? canTryNow(state) : true;
}

function labelOf(action: ErrorAction, state: TunnelState, error: TunnelError, t: Translate) {
  return action === 'try-again' && (state.kind === 'retrying' || isTryingAgain(state))
    ? t('window:row.try-now')
    : describeAction(action, error, t);
}

/** An error in its place: what happened, what to do, the buttons that do it, and the raw text for whoever wants it. */
export function ErrorCard({ view, error, onEdit }: ErrorCardProps) {
  const t = useWords();
  const verbs = useVerbs();
  const version = useSnapshot()?.version ?? '';
  const { account } = view;
  const [isComparing, setIsComparing] = useState(false);
  const [problem, setProblem] = useState<DraftProblem | null>(null);
  const act = useErrorAction(view, error, {
    onEdit,
    onCompare: () => setIsComparing(true),
    onProblem: setProblem,
  });
  const words = describeError(error, t);
  // Nothing jumps while a try goes on by itself: what is not possible meanwhile stays in its place.
  const actions = words.actions.filter(
    (action) => isTryingAgain(view.state) || isPossible(action, view.state),
  );
  return (
    <div className="error-card" data-tone={toneOf(view.state)}>
      <h3 className="error-card__title">{words.title}</h3>
      <p className="error-card__body">{words.body}</p>
      {error.kind === 'host-key-changed' ? (
        <div className="error-card__fingerprint">
          <p className="section-title">{t('window:error.fingerprint')}</p>
          <Fingerprint value={error.presentedFingerprint} />
        </div>
      ) : null}
      {actions.length === 0 ? null : (
        <div className="error-card__actions">
          {actions.map((action, index) =>
            action === 'copy-for-admin' ? (
              <CopyWords
                key={action}
                label={labelOf(action, view.state, error, t)}
                copy={() =>
                  verbs.copyText(adminText(error, { account, version, now: Date.now() }, t))
                }
              />
            ) : (
              <Button
                key={action}
                kind={index === 0 ? 'plain' : 'quiet'}
                isDisabled={!isPossible(action, view.state)}
                onPress={() => act(action)}
              >
                {labelOf(action, view.state, error, t)}
              </Button>
            ),
          )}
        </div>
      )}
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          <FieldProblem problem={problem} />
        </p>
      )}
      <Details label={t('window:error.details')}>
        <div className="raw">
          <pre className="raw__text">{words.details}</pre>
          <CopyIcon text={words.details} name={t('window:error.details')} />
        </div>
      </Details>
      {error.kind === 'host-key-changed' ? (
        <CompareDialog
          accountId={view.account.id}
          error={error}
          isOpen={isComparing}
          onClose={() => setIsComparing(false)}
        />
      ) : null}
    </div>
  );
}
