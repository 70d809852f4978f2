import type { DraftProblem, Forward, ForwardProtocol } from '../../electron/shared/account';
import { DEFAULT_LOCAL_PORTS } from '../../electron/shared/account';
import type { ImportedDraft, ImportRead } from '../../electron/shared/imported';
import {
  typedForward,
  withForward,
  withProtocol,
  withServer,
  withServerText,
  type FormState,
} from './form-state';
import { typedRoute, typedSignIn, type TypedRoute } from './route-state';
import { parseServerText, sshCommandIn, type ServerText } from './server-text';

/** What taking a form's texts apart needs of others. */
export interface TakingTools {
  /** Reads an ssh command; undefined when it could not be asked. */
  readonly read: (command: string) => Promise<ImportRead | undefined>;
  readonly suggest: (protocol: ForwardProtocol, mailHost: string) => Promise<Forward>;
  /** A mailbox there is keeps its ports, whatever a command says: a mail program is set to them. */
  readonly isNew: boolean;
  /** Texts that the person wants to stay as they are. */
  readonly kept: ReadonlySet<string>;
}

/** A form whose fields hold what they are for, as far as what was typed can be understood. */
export interface Taken {
  readonly form: FormState;
  /** The field whose text went into others, by its path in the draft; null when none did. */
  readonly field: string | null;
  /** What of a command no mailbox holds. */
  readonly left: readonly string[];
  /** Why a command was not understood. */
  readonly problems: readonly DraftProblem[];
}

/**
 * Puts what was typed or pasted as a server into the fields it belongs to: `user@host:port`, an ssh command, the address of a mail
 * server. What cannot be understood stays as it was typed.
 */
export async function takeApart(form: FormState, tools: TakingTools): Promise<Taken> {
  if (form.practice) return { form, field: null, left: [], problems: [] };
  const server = await takeServer(form, tools);
  let now = server.form;
  let { field } = server;
  for (const [index, { mailHost }] of now.forwards.entries()) {
    const parts = understood(mailHost, tools);
    if (parts === null) continue;
    now = await withMail(withForward(now, index, { mailHost: parts.host }), index, parts, tools);
    field ??= `forwards.${index}.mailHost`;
  }
  const route = takenRoute(now.route, tools);
  if (route !== now.route) {
    now = { ...now, route };
    field ??= 'route.host';
  }
  return { ...server, form: now, field };
}

/** The parts of a text that is more than a server's name. */
function understood(text: string, { kept }: TakingTools): ServerText | null {
  if (kept.has(text)) return null;
  const parts = parseServerText(text);
  return parts.host === text.trim() ? null : parts;
}

async function takeServer(form: FormState, tools: TakingTools): Promise<Taken> {
  const nothing: Taken = { form, field: null, left: [], problems: [] };
  const { sshHost } = form;
  if (tools.kept.has(sshHost)) return nothing;
  const command = sshCommandIn(sshHost);
  if (command === null) {
    const parts = understood(sshHost, tools);
    if (parts === null) return nothing;
    const filled = withServerText(form, parts);
    // The mail server is the server itself, unless another was typed.
    const isItself = form.forwards[0]?.mailHost.trim() === '';
    const taken = isItself ? await withMail(filled, 0, { mail: parts.mail }, tools) : filled;
    return { ...nothing, form: taken, field: 'sshHost' };
  }
  const read = await tools.read(command);
  if (read === undefined) return nothing;
  if (!read.ok) {
    const problems = read.error.slice(0, 1).map((each) => ({ ...each, field: 'sshHost' }));
    return { ...nothing, problems };
  }
  const [draft, ...more] = read.value.drafts;
  if (draft === undefined || more.length > 0) return nothing;
  const left = read.value.notCarried.map(({ what }) => what);
  return { ...nothing, form: withCommand(form, draft, tools), field: 'sshHost', left };
}

/** With what is spoken at the mail server, and on which port, where a text says so. */
async function withMail(
  form: FormState,
  index: number,
  { mail, port }: { readonly mail?: ServerText['mail'] | undefined; readonly port?: number },
  { suggest }: TakingTools,
): Promise<FormState> {
  if (mail === undefined)
    return port === undefined ? form : withForward(form, index, { mailPort: String(port) });
  const forward = form.forwards[index];
  const isOther = forward?.protocol !== mail.protocol;
  const now = isOther
    ? withProtocol(form, index, await suggest(mail.protocol, forward?.mailHost ?? ''))
    : form;
  return withForward(now, index, { mailPort: String(mail.port) });
}

/** With all that an ssh command says of the way to the server. */
function withCommand(form: FormState, draft: ImportedDraft, { isNew }: TakingTools): FormState {
  const { sshHost, sshPort, sshUser, signIn, route } = draft;
  const host = sshHost ?? '';
  // Where the command names nobody, ssh takes the name at this computer; one that was typed is more likely right.
  const isNamed = sshUser !== null && (form.sshUser === '' || form.sshHost.includes(sshUser));
  const forwards = draft.forwards.map((forward) => ({
    ...typedForward({
      ...forward,
      id: crypto.randomUUID(),
      localPort: forward.localPort ?? DEFAULT_LOCAL_PORTS[forward.protocol],
    }),
    ...(forward.mailHost === host ? { mailHost: '' } : {}),
  }));
  return {
    ...withServer(form, host),
    sshPort: String(sshPort),
    sshUser: isNamed ? sshUser : form.sshUser,
    ...(signIn.kind === 'automatic' ? {} : typedSignIn(signIn)),
    ...(route.kind === 'direct' ? {} : { route: typedRoute(route) }),
    ...(isNew && forwards.length > 0 ? { forwards } : {}),
    compression: form.compression || draft.compression,
    oldServer: form.oldServer || draft.oldServer,
  };
}

/** The same route when there is nothing to take apart. */
function takenRoute(route: TypedRoute, tools: TakingTools): TypedRoute {
  if (route.kind === 'direct') return route;
  const parts = understood(route.host, tools);
  const inner = route.kind === 'jump' ? takenRoute(route.route, tools) : null;
  const isSame = inner === null || (route.kind === 'jump' && inner === route.route);
  if (parts === null && isSame) return route;
  const { host = route.host, user = route.user, port = route.port } = parts ?? {};
  const near = { host, user, port: String(port) };
  return route.kind === 'jump' && inner !== null
    ? { ...route, ...near, route: inner }
    : { ...route, ...near };
}
