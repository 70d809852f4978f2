/** Types of code-cache.mjs, for the tests. */

/**
 * Compiles out/app/main.cjs into the file in which the application looks for it. Where that fails, it starts without,
 * only later.
 */
export function compileAhead(
  script: string,
  runtime: { readonly executable: string; readonly version: string },
): Promise<void>;

/** Has an Electron write what V8 makes of a script into a file. Null, or what went wrong. */
export function compile(executable: string, script: string, cache: string): Promise<string | null>;

/** Null when this Electron's V8 takes the file for that script, or what it says. */
export function check(executable: string, script: string, cache: string): Promise<string | null>;
