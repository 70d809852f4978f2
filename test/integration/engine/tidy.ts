import { afterAll, afterEach, expect } from 'vitest';
import { leftBehind } from '../../world/left-behind';

interface Stoppable {
  stop(): Promise<void>;
}

/** What is to be stopped, the last first, whether the test passed or not. */
const ofTest: Stoppable[] = [];
const ofFile: Stoppable[] = [];

/** Stops it when the test is over. */
export async function keep<T extends Stoppable>(made: Promise<T>): Promise<T> {
  const one = await made;
  ofTest.push(one);
  return one;
}

/** Stops it when the file is over. */
export async function keepForFile<T extends Stoppable>(made: Promise<T>): Promise<T> {
  const one = await made;
  ofFile.push(one);
  return one;
}

/** Registers the clean-up of a test file, and the proof that nothing is left of it. */
export function tidyUp(): void {
  afterEach(() => stopAll(ofTest));
  afterAll(async () => {
    await stopAll(ofFile);
    expect(leftBehind()).toEqual([]);
  });
}

async function stopAll(some: Stoppable[]): Promise<void> {
  const troubles: unknown[] = [];
  // One that will not stop is no reason to leave the others running.
  for (const one of some.splice(0).reverse())
    await one.stop().catch((thrown: unknown) => troubles.push(thrown));
  if (troubles.length > 0) throw troubles[0];
}
