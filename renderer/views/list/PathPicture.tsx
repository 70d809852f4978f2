import { Laptop, Lock, LockOpen, Mail, Route, Server, Waypoints } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import type { Leg, MailPath, Passage } from '../../state/mail-path';

const LEG_WORDS: Readonly<Record<Leg, string>> = {
  tunnel: 'window:more.encrypted',
  bridge: 'window:more.encrypted-by-mailmole',
  'mail-program': 'window:more.encrypted-by-program',
  nobody: 'window:more.not-encrypted',
};

const PASSAGES: Readonly<Record<Passage['kind'], { readonly Icon: typeof Route; key: string }>> = {
  proxy: { Icon: Waypoints, key: 'window:more.proxy' },
  jump: { Icon: Route, key: 'window:more.jump' },
};

interface StopProps {
  readonly icon: ReactNode;
  readonly notes?: readonly string[];
  readonly children: ReactNode;
}

function Stop({ icon, notes = [], children }: StopProps) {
  return (
    <li className="path__stop">
      <span className="path__icon">{icon}</span>
      <span className="path__words">
        {children}
        {notes.length === 0 ? null : <small>{notes.join(', ')}</small>}
      </span>
    </li>
  );
}

function LegLine({ leg }: { readonly leg: Leg }) {
  const t = useWords();
  const Icon = leg === 'nobody' ? LockOpen : Lock;
  return (
    <li className="path__leg" data-leg={leg}>
      <span>
        <Icon size={12} aria-hidden />
        {t(LEG_WORDS[leg])}
      </span>
    </li>
  );
}

interface PathPictureProps {
  readonly path: MailPath;
  /** Lets Mailmole encrypt the part that nobody does. */
  readonly onBridge: (mailServer: string) => void;
}

/** Who encrypts what, from where to where, and where nobody does. */
export function PathPicture({ path, onBridge }: PathPictureProps) {
  const t = useWords();
  const { server, mailServer, beyond, via } = path;
  return (
    <div className="way">
      <ol className="path">
        <Stop
          icon={<Laptop size={16} aria-hidden />}
          notes={path.protocols.map((protocol) => t(`form:protocol.${protocol}`))}
        >
          {t('window:more.this-computer')}
        </Stop>
        {via.map(({ kind, host }, index) => {
          const { Icon, key } = PASSAGES[kind];
          return (
            // The stations of one way never change places.
            <Fragment key={index}>
              <LegLine leg="tunnel" />
              <Stop icon={<Icon size={16} aria-hidden />} notes={[t(key)]}>
                <bdi>{host}</bdi>
              </Stop>
            </Fragment>
          );
        })}
        <LegLine leg="tunnel" />
        <Stop
          icon={<Server size={16} aria-hidden />}
          notes={[t(mailServer === null ? 'window:more.stop-both' : 'window:more.stop-server')]}
        >
          <bdi>{server}</bdi>
        </Stop>
        {mailServer !== null && beyond !== null ? (
          <>
            <LegLine leg={beyond} />
            <Stop icon={<Mail size={16} aria-hidden />} notes={[t('window:more.stop-mail')]}>
              <bdi>{mailServer}</bdi>
            </Stop>
          </>
        ) : null}
      </ol>
      {mailServer !== null && beyond === 'nobody' ? (
        <div className="path__offer">
          <p>{t('window:more.not-encrypted-hint', { server, mail: mailServer })}</p>
          <Button small onPress={() => onBridge(mailServer)}>
            <Lock size={14} aria-hidden />
            {t('window:more.bridge')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
