/** Either a value or a reason why there is none; used where a failure is an ordinary answer. */
export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

/** Wraps a value as a success. */
export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

/** Wraps a reason as a failure. */
export function fail<E>(error: E): { ok: false; error: E } {
  return { ok: false, error };
}

/** Ends a switch over a union: does not compile when a case is missing, throws when one slips in at run time. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
