import { useState } from 'react';
import {
  CONNECTION_RANGES,
  DEFAULT_CONNECTION,
  MOST_JUMPS,
} from '../../../electron/shared/account';
import { Details } from '../../components/Details';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import type { FormState } from '../../state/form-state';
import { typedConnection } from '../../state/route-state';
import { fieldId } from './field-focus';
import { RouteFields } from './RouteFields';
import type { FormHandle } from './use-form';

/** Is this field behind the door? */
function isInside(field: string): boolean {
  return /^(?:route|connection)(?:\.|$)/u.test(field);
}

/** A choice that was made must not hide. */
function isSet({ route, connection }: FormState): boolean {
  const usual = typedConnection(DEFAULT_CONNECTION);
  return route.kind !== 'direct' || JSON.stringify(connection) !== JSON.stringify(usual);
}

const NUMBERS = Object.keys(CONNECTION_RANGES) as (keyof typeof CONNECTION_RANGES)[];

/** How a connection is held and given up. */
function ConnectionFields({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, problemOf } = handle;
  const row = (name: keyof FormState['connection']) => ({
    id: fieldId(`connection.${name}`),
    label: t(`form:connection.${name}`),
    value: form.connection[name],
    problem: problemOf(`connection.${name}`),
    onChange: (text: string) =>
      set(
        (now) => ({ ...now, connection: { ...now.connection, [name]: text } }),
        `connection.${name}`,
      ),
  });
  return (
    <>
      <div className="form__numbers">
        {NUMBERS.map((name) => (
          <TextRow key={name} isNumber {...row(name)} />
        ))}
      </div>
      <TextRow
        hint={t('form:connection.knownHostsFile-hint')}
        isTechnical
        {...row('knownHostsFile')}
      />
    </>
  );
}

/** What only those need who know that they do: the way to the server, and how the connection is held. */
export function AdvancedSection({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, firstField, problems, problemOf } = handle;
  const [isOpened, setIsOpened] = useState(isSet(form) || isInside(firstField));
  // A problem must not hide behind a closed door; nor does the door close when it is mended.
  if (!isOpened && problems.some(({ field }) => isInside(field))) setIsOpened(true);
  return (
    <Details label={t('form:advanced.label')} isExpanded={isOpened} onExpandedChange={setIsOpened}>
      <div className="form__more">
        <RouteFields
          route={form.route}
          path="route"
          host={form.sshHost}
          most={MOST_JUMPS}
          problemOf={problemOf}
          onChange={(route, changed) => set((now) => ({ ...now, route }), changed)}
        />
        <ConnectionFields handle={handle} />
      </div>
    </Details>
  );
}
