import { startDesktop, type Desktop } from '../../build/lib/display.mjs';

/** The environment of a virtual desktop with a panel that hosts tray icons, and what ends it. */
export interface AppDesktop {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Set by `npm test`, which starts one desktop for all files. */
const MARK = 'MAILMOLE_DESKTOP';

/** What the test runner put into the environment and a person's application would not see. */
const RUNNERS = /^(?:VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$)/u;

/** The desktop that the tests were started in, or, when they were started by hand, one of their own. */
export async function enterDesktop(): Promise<AppDesktop> {
  const outer = process.env[MARK] !== undefined;
  const { env, stop } = outer
    ? { env: process.env, stop: () => Promise.resolve() }
    : await startDesktop({ panel: true });
  return { env: withoutRunner(env), stop };
}

/** A desktop that shows no tray icons until `startPanel` is called. */
export async function enterBareDesktop(): Promise<Desktop> {
  const desktop = await startDesktop({ panel: false });
  return { ...desktop, env: withoutRunner(desktop.env) };
}

function withoutRunner<T extends NodeJS.ProcessEnv>(env: T): T {
  const kept = Object.entries(env).filter(([name]) => !RUNNERS.test(name));
  return Object.fromEntries(kept) as T;
}
