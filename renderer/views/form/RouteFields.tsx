import type { DraftProblem, SignIn } from '../../../electron/shared/account';
import { SelectRow } from '../../components/SelectRow';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import { withKind, type TypedRoute } from '../../state/route-state';
import { fieldId } from './field-focus';
import { AgentFields } from './SignInFields';

const KINDS: readonly TypedRoute['kind'][] = ['direct', 'socks5', 'http', 'jump'];
const SIGN_INS: readonly SignIn['kind'][] = ['automatic', 'password', 'agent', 'key-file'];

type Hop = Exclude<TypedRoute, { kind: 'direct' }>;
type Jump = Extract<TypedRoute, { kind: 'jump' }>;

interface RouteFieldsProps<R extends TypedRoute> {
  readonly route: R;
  /** Where it stands in the draft. */
  readonly path: string;
  /** The server that is reached by it. */
  readonly host: string;
  /** How many servers may still stand on the way. */
  readonly most: number;
  readonly problemOf: (field: string) => DraftProblem | undefined;
  /** `changed` is the field whose problem is now out of date. */
  readonly onChange: (route: TypedRoute, changed: string) => void;
}

/** The name, the port and the user of what stands on the way. */
function HopFields({ route, path, problemOf, onChange }: RouteFieldsProps<Hop>) {
  const t = useWords();
  const isProxy = route.kind !== 'jump';
  const row = (name: 'host' | 'port' | 'user') => ({
    id: fieldId(`${path}.${name}`),
    value: route[name],
    problem: problemOf(`${path}.${name}`),
    isTechnical: true,
    onChange: (text: string) => onChange({ ...route, [name]: text }, `${path}.${name}`),
  });
  return (
    <>
      <div className="form__pair">
        <TextRow label={isProxy ? t('form:route.proxy') : t('form:host.label')} {...row('host')} />
        <TextRow label={t('form:route.port')} isNumber {...row('port')} />
      </div>
      <TextRow
        label={isProxy ? t('form:route.proxy-user') : t('form:route.jump-user')}
        {...(isProxy ? { hint: t('form:route.proxy-user-hint') } : {})}
        {...row('user')}
      />
    </>
  );
}

/** How the person signs in to a server on the way. */
function JumpSignIn({ route, path, problemOf, onChange }: RouteFieldsProps<Jump>) {
  const t = useWords();
  const field = `${path}.signIn`;
  return (
    <>
      <SelectRow
        id={fieldId(field)}
        label={t('form:route.sign-in', { host: route.host })}
        value={route.signIn}
        choices={SIGN_INS.map((key) => ({
          key,
          label: t(`form:sign-in.${key}`),
          hint: t(`form:sign-in.${key}-hint`),
        }))}
        onChange={(signIn) => onChange({ ...route, signIn }, field)}
      />
      {route.signIn === 'key-file' ? (
        <TextRow
          id={fieldId(`${field}.path`)}
          label={t('form:key-path.label')}
          value={route.keyPath}
          problem={problemOf(`${field}.path`)}
          isTechnical
          onChange={(keyPath) => onChange({ ...route, keyPath }, `${field}.path`)}
        />
      ) : null}
      {route.signIn === 'agent' ? (
        <AgentFields
          path={field}
          agent={route.agent}
          problemOf={problemOf}
          onChange={(agent, changed) => onChange({ ...route, agent }, changed)}
        />
      ) : null}
    </>
  );
}

/** How a server is reached; a server on the way is reached by a way of its own. */
export function RouteFields(props: RouteFieldsProps<TypedRoute>) {
  const { route, path, host, most, onChange } = props;
  const t = useWords();
  const kinds = most > 0 ? KINDS : KINDS.filter((kind) => kind !== 'jump');
  return (
    <>
      <SelectRow
        id={fieldId(path)}
        label={host === '' ? t('form:route.label') : t('form:route.label-of', { host })}
        value={route.kind}
        choices={kinds.map((key) => ({
          key,
          label: t(`form:route.${key}`),
          hint: t(`form:route.${key}-hint`),
        }))}
        onChange={(kind) => onChange(withKind(route, kind), path)}
      />
      {route.kind === 'direct' ? null : (
        <div className="form__hop">
          <HopFields {...props} route={route} />
          {route.kind === 'jump' ? (
            <>
              <JumpSignIn {...props} route={route} />
              <RouteFields
                {...props}
                route={route.route}
                path={`${path}.route`}
                host={route.host}
                most={most - 1}
                onChange={(inner, changed) => onChange({ ...route, route: inner }, changed)}
              />
            </>
          ) : null}
        </div>
      )}
    </>
  );
}
