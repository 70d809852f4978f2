import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KeptWriter, readKept } from '../../../electron/state/kept-file';
import { NOW } from '../support/snapshots';
import { turnedClock, type TurnedClock } from '../support/turned-clock';

const SCHEMA = z.object({ version: z.literal(1), count: z.number() });

let folder: string;
let path: string;
let logged: string[];
let clock: TurnedClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailmole-kept-'));
  path = join(folder, 'kept.json');
  logged = [];
  clock = turnedClock();
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = (level: string, text: string): void => void logged.push(`${level}: ${text}`);
const read = () => readKept(path, SCHEMA, new Date(NOW), log);

describe('reading what Mailmole keeps for itself', () => {
  it('finds nothing where nothing was written', () => {
    expect(read()).toBeNull();
    expect(logged).toEqual([]);
  });

  it.each([
    ['half a file', '{"version":1,"cou', /cannot be read/u],
    ['another version', '{"version":2,"count":1}', /is damaged: version: /u],
    ['another shape', '{"version":1,"count":"many"}', /is damaged: count: /u],
    ['no object', 'null', /is damaged/u],
  ])('sets %s aside, and goes on without', (_what, text, said) => {
    writeFileSync(path, text);
    expect(read()).toBeNull();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(said);
    const [aside = ''] = readdirSync(folder);
    expect(aside).toMatch(/^kept\.broken-2026-11-24T09-15-00\.json$/u);
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
    expect(read()).toBeNull();
    expect(logged).toHaveLength(1);
  });
});

describe('writing it', () => {
  const writer = (): KeptWriter => new KeptWriter(path, 1_000, clock, log);
  const value = (count: number) => () => ({ version: 1, count });

  it('is done once in a while, with what is true by then, for its owner only', () => {
    const kept = writer();
    for (const count of [1, 2, 3]) kept.put(value(count));
    clock.turn(999);
    expect(readdirSync(folder)).toEqual([]);
    clock.turn(1);
    expect(read()).toEqual({ version: 1, count: 3 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['kept.json']);
    kept.put(value(4));
    clock.turn(500);
    kept.put(value(5));
    clock.turn(500);
    expect(read()).toEqual({ version: 1, count: 5 });
  });

  it('is done at once on demand, and only when there is something to write', () => {
    const kept = writer();
    kept.flush();
    expect(readdirSync(folder)).toEqual([]);
    kept.put(value(1));
    kept.flush();
    expect(read()).toEqual({ version: 1, count: 1 });
    expect(clock.waiting()).toBe(0);
    rmSync(path);
    kept.flush();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says once that it cannot be done, and does it as soon as it can', () => {
    const kept = writer();
    mkdirSync(path);
    for (const count of [1, 2]) {
      kept.put(value(count));
      kept.flush();
    }
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^error: .*kept\.json cannot be written: /u);
    expect(readdirSync(folder)).toEqual(['kept.json']);
    rmSync(path, { recursive: true });
    kept.put(value(3));
    kept.flush();
    expect(read()).toEqual({ version: 1, count: 3 });
  });
});
