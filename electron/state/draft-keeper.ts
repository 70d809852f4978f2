import { join } from 'node:path';
import { z } from 'zod';
import { NEW_PLACE } from '../shared/account';
import type { ActivityFileParts } from './activity-file';
import { KeptWriter, readKept } from './kept-file';

/** More places than a person can leave half filled in; the oldest goes then. */
const MOST = 50;

/** So long what is typed may stay unwritten, in milliseconds. */
const WRITE_EVERY_MS = 1_000;

const draftsDocument = z.object({
  version: z.literal(1),
  drafts: z.record(z.string().min(1).max(100), z.string()),
});

/**
 * What was typed into a window and not saved yet, so that neither closing the window nor quitting loses anything. Each
 * place (the new mailbox, or one that is changed) has one text that only the windows understand; never a secret.
 */
export class DraftKeeper {
  readonly #texts: Map<string, string>;
  readonly #onChange: () => void;

  constructor(
    texts: Readonly<Record<string, string>> = {},
    onChange: () => void = () => undefined,
  ) {
    this.#texts = new Map(Object.entries(texts));
    this.#onChange = onChange;
  }

  /** Keeps what was typed at a place, in place of what was there; null forgets it. */
  keep(place: string, text: string | null): void {
    this.#texts.delete(place);
    if (text !== null) this.#texts.set(place, text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > MOST && oldest !== undefined) this.#texts.delete(oldest);
    this.#onChange();
  }

  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#texts);
  }
}

/** The drafts of a folder, and what writes them at once. */
export interface OpenedDrafts {
  readonly drafts: DraftKeeper;
  readonly flush: () => void;
}

/**
 * Opens `drafts.json`: what was typed and not saved when the application was quit last. What was typed for a mailbox
 * that is gone (`isThere`) goes with it. Never throws.
 */
export function openDrafts(
  { folder, clock, log }: ActivityFileParts,
  isThere: (place: string) => boolean,
): OpenedDrafts {
  const path = join(folder, 'drafts.json');
  const kept = readKept(path, draftsDocument, new Date(clock.now()), log);
  const entries = Object.entries(kept?.drafts ?? {});
  const texts = Object.fromEntries(
    entries.filter(([place]) => place === NEW_PLACE || isThere(place)),
  );
  const writer = new KeptWriter(path, WRITE_EVERY_MS, clock, log);
  const drafts: DraftKeeper = new DraftKeeper(texts, () =>
    writer.put(() => ({ version: 1, drafts: drafts.all() })),
  );
  return { drafts, flush: () => writer.flush() };
}
