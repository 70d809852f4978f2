import { Laptop, Lock, LockOpen, Mail, Server } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Leg, MailPath } from '../../state/mail-path';
import { useWords } from '../../i18n/use-words';

const LEG_WORDS: Readonly<Record<Leg, string>> = {
  tunnel: 'window:more.encrypted',
  bridge: 'window:more.encrypted-by-mailmole',
  'mail-program': 'window:more.encrypted-by-program',
  nobody: 'window:more.not-encrypted',
};

function Stop({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="path__stop">
      {icon}
      <span>{children}</span>
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

/** Who encrypts what, from where to where, and where nobody does. */
export function PathPicture({ path }: { readonly path: MailPath }) {
  const t = useWords();
  const { server, mailServer, beyond } = path;
  return (
    <div className="way">
      <ol className="path">
        <Stop icon={<Laptop size={16} aria-hidden />}>
          {t('window:more.this-computer')}
          {path.protocols.map((protocol) => (
            <small key={protocol}> {t(`form:protocol.${protocol}`)}</small>
          ))}
        </Stop>
        <LegLine leg="tunnel" />
        <Stop icon={<Server size={16} aria-hidden />}>{server}</Stop>
        {mailServer !== null && beyond !== null ? (
          <>
            <LegLine leg={beyond} />
            <Stop icon={<Mail size={16} aria-hidden />}>{mailServer}</Stop>
          </>
        ) : null}
      </ol>
      {mailServer !== null && beyond === 'nobody' ? (
        <p className="path__hint">
          {t('window:more.not-encrypted-hint', { server, mail: mailServer })}
        </p>
      ) : null}
    </div>
  );
}
