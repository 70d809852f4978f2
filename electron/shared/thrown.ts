/**
 * What a thrown thing says, for a log or under "Details". Anything can be thrown, even an object whose `toString` is
 * no function or throws by itself; this never throws.
 */
export function textOfThrown(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
