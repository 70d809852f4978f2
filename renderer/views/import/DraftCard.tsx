import { useId, type ReactNode } from 'react';
import { DEFAULT_LOCAL_PORTS } from '../../../electron/shared/account';
import type { AddRefusal, ImportedDraft, ImportedForward } from '../../../electron/shared/imported';
import { CheckRow, Choices } from '../../components/Choices';
import { Details } from '../../components/Details';
import { FieldProblem } from '../../components/FieldProblem';
import { Fingerprint } from '../../components/Fingerprint';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import type { Filled } from '../../state/import-state';
import { refusalsOf, SHOWN_FIELDS } from '../../state/import-state';

interface DraftCardProps {
  readonly index: number;
  readonly draft: ImportedDraft;
  readonly filled: Filled;
  /** One of several, which can be left out. */
  readonly isOneOfMany: boolean;
  readonly refusals: readonly AddRefusal[];
  readonly onChange: (change: Partial<Filled>) => void;
}

/** One mailbox that will be made: what the text says, and fields for what it does not. */
export function DraftCard(props: DraftCardProps) {
  const { index, draft, filled, isOneOfMany, refusals, onChange } = props;
  const t = useWords();
  const id = useId();
  const wrong = (field: string) => refusalsOf(refusals, index, field);
  const others = refusals.filter(
    (each) => each.index === index && !SHOWN_FIELDS.includes(each.field),
  );
  return (
    <section className="form__section" aria-labelledby={id}>
      <h2 className="form__section-title" id={id}>
        {draft.name}
      </h2>
      {isOneOfMany ? (
        <CheckRow
          label={t('import:page.take', { name: draft.name })}
          hint=""
          isSelected={filled.isWanted}
          onChange={(isWanted) => onChange({ isWanted })}
        />
      ) : null}
      {draft.hint === '' ? null : (
        <blockquote className="import__hint" dir="auto">
          {draft.hint}
        </blockquote>
      )}
      {draft.sshHost === null ? (
        <TextRow
          id={`import-${index}-sshHost`}
          label={t('form:host.label')}
          hint={t('import:page.host-hint')}
          value={filled.sshHost}
          problem={wrong('sshHost')}
          isTechnical
          onChange={(sshHost) => onChange({ sshHost })}
        />
      ) : null}
      {draft.sshUser === null ? (
        <TextRow
          id={`import-${index}-sshUser`}
          label={t('form:user.label')}
          hint={t('import:page.user-hint')}
          value={filled.sshUser}
          problem={wrong('sshUser')}
          isTechnical
          onChange={(sshUser) => onChange({ sshUser })}
        />
      ) : null}
      {wrong('name') === undefined && filled.name === draft.name ? null : (
        <TextRow
          id={`import-${index}-name`}
          label={t('form:name.label')}
          value={filled.name}
          problem={wrong('name')}
          onChange={(name) => onChange({ name })}
        />
      )}
      {draft.forwards.length > 0 ? null : (
        <Choices
          id={`import-${index}-protocol`}
          label={t('form:section.program')}
          value={filled.protocol}
          choices={(['pop3', 'imap'] as const).map((key) => ({
            key,
            label: t(`form:protocol.${key}`),
            hint: t(`form:protocol-hint.${key}`),
          }))}
          onChange={(protocol) => onChange({ protocol })}
        />
      )}
      <Facts draft={draft} />
      <Keys draft={draft} />
      {others.map((problem) => (
        <p key={`${problem.field} ${problem.messageKey}`} className="field__problem" role="alert">
          <FieldProblem problem={problem} />
        </p>
      ))}
    </section>
  );
}

/** What the mailbox will be, in the words of the list. */
function Facts({ draft }: { readonly draft: ImportedDraft }) {
  const t = useWords();
  const { signIn, route } = draft;
  const how =
    signIn.kind === 'key-file'
      ? t('import:page.key-file', { path: signIn.path })
      : t(`form:sign-in.${signIn.kind}`);
  return (
    <dl className="import__facts">
      {draft.sshHost === null ? null : (
        <Fact term={t('import:page.server')}>
          <bdi dir="ltr">{`${draft.sshHost}:${draft.sshPort}`}</bdi>
        </Fact>
      )}
      {draft.sshUser === null ? null : (
        <Fact term={t('form:user.label')}>
          <bdi dir="ltr">{draft.sshUser}</bdi>
        </Fact>
      )}
      {route.kind === 'direct' ? null : (
        <Fact term={t('import:page.route')}>
          <bdi dir="ltr">{`${route.host}:${route.port}`}</bdi>
        </Fact>
      )}
      <Fact term={t('import:page.sign-in')}>{how}</Fact>
      {draft.forwards.map((forward) => (
        <Fact
          key={`${forward.localAddress} ${forward.localPort} ${forward.protocol}`}
          term={t(`form:protocol.${forward.protocol}`)}
        >
          <bdi dir="ltr">{wayOf(forward)}</bdi>
        </Fact>
      ))}
      <Fact term={t('import:page.connects')}>{t(`form:mode.${draft.mode}`)}</Fact>
      {draft.compression ? (
        <Fact term={t('import:page.also')}>{t('form:more.compression')}</Fact>
      ) : null}
      {draft.sessionChannel ? (
        <Fact term={t('import:page.also')}>{t('form:more.session-channel')}</Fact>
      ) : null}
      {draft.oldServer ? (
        <Fact term={t('import:page.also')}>{t('form:more.old-server')}</Fact>
      ) : null}
    </dl>
  );
}

function wayOf({ protocol, localAddress, localPort, mailHost, mailPort }: ImportedForward): string {
  return `${localAddress}:${localPort ?? DEFAULT_LOCAL_PORTS[protocol]} → ${mailHost}:${mailPort}`;
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="import__fact">
      <dt className="quiet">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The keys that the server will be known by, for whoever wants to compare them. */
function Keys({ draft }: { readonly draft: ImportedDraft }) {
  const t = useWords();
  if (draft.hostKeys.length === 0) return null;
  return (
    <Details label={t('import:page.keys')} summary={t('import:page.keys-summary')}>
      <ul className="import__keys">
        {draft.hostKeys.map(({ type, fingerprint }) => (
          <li key={fingerprint}>
            <span className="quiet">{type}</span> <Fingerprint value={fingerprint} />
          </li>
        ))}
      </ul>
    </Details>
  );
}
