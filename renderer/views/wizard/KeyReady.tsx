import { useEffect, useRef } from 'react';
import { CircleCheck, KeyRound, Mail } from 'lucide-react';
import type { KeyInstalled, KeyMade } from '../../../electron/shared/server-key';
import { describeError } from '../../../electron/shared/messages';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { Button } from '../../components/Button';
import { CopyIcon, CopyWords } from '../../components/CopyButton';
import { Details } from '../../components/Details';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import '../list/error-card.css';

/** How far putting a key on the server has come. */
export type Installing =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'working' }
  | { readonly kind: 'failed'; readonly error: TunnelError }
  | { readonly kind: 'done'; readonly installed: KeyInstalled | null };

interface KeyReadyProps {
  readonly keyMade: KeyMade;
  readonly host: string;
  readonly user: string;
  readonly installing: Installing;
  readonly onCancel: () => void;
}

/** Why the key is not on the server, and the raw text for whoever wants it. */
function Trouble({ error }: { readonly error: TunnelError }) {
  const t = useWords();
  const { title, body, details } = describeError(error, t);
  return (
    <div className="error-card" data-tone="problem" role="alert">
      <h3 className="error-card__title">{title}</h3>
      <p className="error-card__body">{body}</p>
      <Details label={t('window:error.details')}>
        <div className="raw">
          <pre className="raw__text">{details}</pre>
          <CopyIcon text={details} name={t('window:error.details')} />
        </div>
      </Details>
    </div>
  );
}

/** What becomes of putting it there. */
function Progress({ installing, host, onCancel }: Omit<KeyReadyProps, 'keyMade' | 'user'>) {
  const t = useWords();
  switch (installing.kind) {
    case 'not-yet':
      return <p>{t('wizard:install.offer', { host })}</p>;
    case 'working':
      return (
        <p className="key-panel__line">
          {t('wizard:install.working', { host })}
          <Button kind="quiet" small onPress={onCancel}>
            {t('form:cancel')}
          </Button>
        </p>
      );
    case 'failed':
      return <Trouble error={installing.error} />;
    case 'done':
      return (
        <div>
          <p className="key-panel__proven">
            <CircleCheck size={16} aria-hidden />
            {t('wizard:install.done', { host })}
          </p>
          {installing.installed === null || installing.installed.greeting === '' ? null : (
            <code dir="ltr">{installing.installed.greeting}</code>
          )}
        </div>
      );
  }
}

/** The other way: the public half, in words that an administrator understands. */
function Administrator({ keyMade, host, user }: Pick<KeyReadyProps, 'keyMade' | 'host' | 'user'>) {
  const t = useWords();
  const verbs = useVerbs();
  const subject = t('wizard:admin.subject', { user, host });
  const body = t('wizard:admin.body', { user, host, key: keyMade.publicKey });
  return (
    <section className="key-panel__part">
      <h3 className="form__section-title">{t('wizard:admin.title')}</h3>
      <p>{t('wizard:admin.intro', { host })}</p>
      <pre className="key-panel__public" dir="ltr">
        {keyMade.publicKey}
      </pre>
      <div className="key-panel__actions">
        <CopyWords label={t('wizard:admin.copy')} copy={() => verbs.copyText(body)} />
        <Button kind="quiet" small onPress={() => void verbs.composeMail(subject, body)}>
          <Mail size={16} aria-hidden />
          {t('wizard:admin.mail')}
        </Button>
      </div>
    </section>
  );
}

/** A key that was made: where it lies, and how its public half comes onto the server. */
export function KeyReady(props: KeyReadyProps) {
  const { keyMade, installing } = props;
  const t = useWords();
  // The button that made it is gone; who just made it goes on from here.
  const ready = useRef<HTMLParagraphElement>(null);
  useEffect(() => ready.current?.focus(), []);
  return (
    <div className="key-panel">
      <p className="key-panel__ready" ref={ready} tabIndex={-1}>
        <KeyRound size={16} aria-hidden />
        <span>{t('wizard:key.ready')}</span>
      </p>
      <p className="key-panel__path">
        <code dir="ltr">{keyMade.path}</code>
      </p>
      <Progress {...props} />
      {installing.kind === 'done' ? null : <Administrator {...props} />}
    </div>
  );
}
