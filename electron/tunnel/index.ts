/**
 * The tunnel engine, as the rest of the program and a headless run use it: everything that is meant to be used from
 * outside this folder, and nothing else. Plain Node and ssh2; no Electron.
 *
 * It has two ends, in two processes. `serveEngine` runs the engine in the tunnel host; `startTunnelHost` starts that
 * process and holds it as a `TunnelHost`. Between them go plain messages (`host-protocol.ts`), parsed where they
 * arrive. Programs that import only one end may name its file, so that the other one's libraries stay out.
 *
 * Units: every time span is in milliseconds, but for those of an account, whose names say seconds; every moment in milliseconds since 1970 UTC, every size in bytes, every
 * TCP port an integer from 1 to 65,535. Paths are absolute. Errors are values: a `TunnelError` in an account's state or
 * in the `Result` of a request; inside the engine they travel as `TunnelFailure`. Secrets are `Secret`, in no state,
 * log, error or command line.
 */

/** The tunnel host's end: reads commands from a port, runs the engine, posts states, questions and answers. Never throws. */
export { serveEngine, type HostServerOptions, type MainPort } from './host-server';

/** The main process's end: starts the tunnel host, watches it, starts it again after a crash (at once, then with growing waits up to 60 s). */
export { startTunnelHost, type HostClientOptions } from './host-client';

/**
 * What both ends are made of: `TunnelHost` is all that can be told to the engine, `EngineListener` all that it tells,
 * `EngineSettings` what of this computer it may use, `HostProcess` and `Clock` what it is given to run on.
 */
export type {
  Clock,
  EngineListener,
  EngineSettings,
  HostProcess,
  Log,
  LogLevel,
  StartedBy,
  TunnelHost,
  Waits,
} from './ports';

/** The clock to run on outside of tests. */
export { systemClock } from './system-clock';

/** The next local port that is free on an address, from a given one upwards; throws when there is none. */
export { findFreePort } from './free-port';
