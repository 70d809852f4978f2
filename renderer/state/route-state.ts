import type { ConnectionSettings, Route, SignIn } from '../../electron/shared/account';

/** A way to sign in, as it is typed: every field there is, whichever way is chosen. */
export interface TypedSignIn {
  readonly signIn: SignIn['kind'];
  /** Empty: the running agent, and all of its keys. */
  readonly agent: { readonly socket: string; readonly key: string };
  readonly keyPath: string;
}

/** How the server is reached, as it is typed. */
export type TypedRoute =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'socks5' | 'http';
      readonly host: string;
      readonly port: string;
      /** Empty: the proxy is not signed in to. */
      readonly user: string;
    }
  | ({
      readonly kind: 'jump';
      readonly host: string;
      readonly port: string;
      readonly user: string;
      readonly route: TypedRoute;
    } & TypedSignIn);

export const AUTOMATIC: TypedSignIn = {
  signIn: 'automatic',
  agent: { socket: '', key: '' },
  keyPath: '',
};

/** What was typed as a whole number; NaN for what is none, which is then complained about in words. */
export function numberOf(text: string): number {
  return /^\d+$/u.test(text.trim()) ? Number(text) : Number.NaN;
}

/** An empty field stands for nothing. */
function orNull(text: string): string | null {
  return text.trim() === '' ? null : text;
}

/** A way to sign in, ready to be typed over. */
export function typedSignIn(signIn: SignIn): TypedSignIn {
  const agent =
    signIn.kind === 'agent'
      ? { socket: signIn.socket ?? '', key: signIn.key ?? '' }
      : AUTOMATIC.agent;
  return { signIn: signIn.kind, agent, keyPath: signIn.kind === 'key-file' ? signIn.path : '' };
}

/** What was typed as a way to sign in. */
export function signInOf({ signIn, keyPath, agent }: TypedSignIn): SignIn {
  switch (signIn) {
    case 'key-file':
      return { kind: signIn, path: keyPath };
    case 'agent':
      return { kind: signIn, socket: orNull(agent.socket), key: orNull(agent.key) };
    case 'automatic':
    case 'password':
      return { kind: signIn };
  }
}

/** A route, ready to be typed over. */
export function typedRoute(route: Route): TypedRoute {
  switch (route.kind) {
    case 'direct':
      return route;
    case 'socks5':
    case 'http':
      return { ...route, port: String(route.port), user: route.user ?? '' };
    case 'jump': {
      const { kind, host, user } = route;
      const inner = typedRoute(route.route);
      return {
        ...{ kind, host, user },
        port: String(route.port),
        route: inner,
        ...typedSignIn(route.signIn),
      };
    }
  }
}

/** What was typed as a route. */
export function routeOf(typed: TypedRoute): Route {
  switch (typed.kind) {
    case 'direct':
      return typed;
    case 'socks5':
    case 'http':
      return { ...typed, port: numberOf(typed.port), user: orNull(typed.user) };
    case 'jump': {
      const { kind, host, user } = typed;
      const port = numberOf(typed.port);
      return { kind, host, user, port, signIn: signInOf(typed), route: routeOf(typed.route) };
    }
  }
}

/** Another way to reach the same place; what was typed for the way before goes with it as far as it fits. */
export function withKind(route: TypedRoute, kind: TypedRoute['kind']): TypedRoute {
  const host = route.kind === 'direct' ? '' : route.host;
  const user = route.kind === 'direct' ? '' : route.user;
  switch (kind) {
    case 'direct':
      return { kind };
    case 'socks5':
      return { kind, host, port: '1080', user };
    case 'http':
      return { kind, host, port: '8080', user };
    case 'jump':
      return { kind, host, port: '22', user, ...AUTOMATIC, route: { kind: 'direct' } };
  }
}

/** The fields that a way to sign in shows, as paths in the draft. */
export function signInFields({ signIn }: TypedSignIn, path: string): readonly string[] {
  if (signIn === 'key-file') return [path, `${path}.path`];
  return signIn === 'agent' ? [path, `${path}.socket`, `${path}.key`] : [path];
}

/** The fields that a route shows, as paths in the draft. */
export function routeFields(route: TypedRoute, path: string): readonly string[] {
  const near = ['host', 'port', 'user'].map((name) => `${path}.${name}`);
  switch (route.kind) {
    case 'direct':
      return [path];
    case 'socks5':
    case 'http':
      return [path, ...near];
    case 'jump':
      return [
        ...[path, ...near],
        ...signInFields(route, `${path}.signIn`),
        ...routeFields(route.route, `${path}.route`),
      ];
  }
}

/** How a connection is held, as it is typed; an empty file means Mailmole's own. */
export type TypedConnection = { readonly [K in keyof ConnectionSettings]: string };

/** The settings of a connection, ready to be typed over. */
export function typedConnection(connection: ConnectionSettings): TypedConnection {
  return {
    keepaliveSeconds: String(connection.keepaliveSeconds),
    keepaliveCount: String(connection.keepaliveCount),
    connectTimeoutSeconds: String(connection.connectTimeoutSeconds),
    idleSeconds: String(connection.idleSeconds),
    knownHostsFile: connection.knownHostsFile ?? '',
  };
}

/** What was typed as the settings of a connection. */
export function connectionOf(typed: TypedConnection): ConnectionSettings {
  return {
    keepaliveSeconds: numberOf(typed.keepaliveSeconds),
    keepaliveCount: numberOf(typed.keepaliveCount),
    connectTimeoutSeconds: numberOf(typed.connectTimeoutSeconds),
    idleSeconds: numberOf(typed.idleSeconds),
    knownHostsFile: orNull(typed.knownHostsFile),
  };
}
