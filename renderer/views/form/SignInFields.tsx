import type { DraftProblem } from '../../../electron/shared/account';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import type { TypedSignIn } from '../../state/route-state';
import { fieldId } from './field-focus';

interface AgentFieldsProps {
  readonly path: string;
  readonly agent: TypedSignIn['agent'];
  readonly problemOf: (field: string) => DraftProblem | undefined;
  /** `changed` is the field whose problem is now out of date. */
  readonly onChange: (agent: TypedSignIn['agent'], changed: string) => void;
}

/** Which agent, and which of its keys. */
export function AgentFields({ path, agent, problemOf, onChange }: AgentFieldsProps) {
  const t = useWords();
  const row = (name: keyof TypedSignIn['agent']) => ({
    id: fieldId(`${path}.${name}`),
    value: agent[name],
    problem: problemOf(`${path}.${name}`),
    isTechnical: true,
    onChange: (text: string) => onChange({ ...agent, [name]: text }, `${path}.${name}`),
  });
  return (
    <>
      <TextRow label={t('form:agent.key')} hint={t('form:agent.key-hint')} {...row('key')} />
      <TextRow
        label={t('form:agent.socket')}
        hint={t('form:agent.socket-hint')}
        {...row('socket')}
      />
    </>
  );
}
