import type { Block, ConfigFile, ProgramCard } from '../../../electron/shared/program-card';
import { assertNever } from '../../../electron/shared/result';
import { CopyIcon, CopyWords } from '../../components/CopyButton';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';

/** One page of the mail program's settings: each line as it is called there, and what to put. */
function BlockCard({ block }: { readonly block: Block }) {
  return (
    <section className="program__card">
      <h3 className="form__section-title">{block.title}</h3>
      <dl className="program__fields">
        {block.fields.map(({ label, value, hint, typed }) => (
          <div key={label} className="program__field">
            <dt>{label}</dt>
            <dd>
              <span className="program__value">
                {typed ? <code dir="ltr">{value}</code> : value}
                {typed ? <CopyIcon text={value} /> : null}
              </span>
              {hint === null ? null : <span className="program__hint">{hint}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {block.notes.map((note) => (
        <p key={note} className="program__hint">
          {note}
        </p>
      ))}
    </section>
  );
}

/** A file of the mail program, whole. */
function FileCard({ file }: { readonly file: ConfigFile }) {
  const t = useWords();
  const verbs = useVerbs();
  return (
    <section className="program__card">
      <div className="program__file">
        <h3>
          <code dir="ltr">{file.path}</code>
        </h3>
        <CopyWords
          label={t('window:copy.button')}
          name={t('window:copy.value', { value: file.path })}
          copy={() => verbs.copyText(file.text)}
        />
      </div>
      <pre className="program__text" dir="ltr" tabIndex={0}>
        {file.text}
      </pre>
    </section>
  );
}

/** What one mail program needs. */
export function Card({ card: { settings } }: { readonly card: ProgramCard }) {
  switch (settings.kind) {
    case 'fields':
      return (
        <>
          <p className="quiet">{settings.intro}</p>
          {settings.blocks.map((block) => (
            <BlockCard key={block.title} block={block} />
          ))}
        </>
      );
    case 'files':
      return settings.files.map((file) => <FileCard key={file.path} file={file} />);
    case 'nothing':
      return <p className="form__kept">{settings.reason}</p>;
    default:
      return assertNever(settings);
  }
}
