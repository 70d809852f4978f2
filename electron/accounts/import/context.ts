/** One file that an `Include` found. */
export interface IncludedFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** What importers need to know of this computer, and may not look up themselves. */
export interface ImportContext {
  /** The person's home folder, absolute. */
  readonly home: string;
  /** The name the person has on this computer: ssh takes it where no other is given. */
  readonly localUser: string;
  /** This computer's own name, for `%l` and `%L`. */
  readonly localHost: string;
  /**
   * The files that a pattern of `Include` means, in the order of their names: absolute, with `*`, `?` and `[…]`. A file that cannot be
   * read is left out.
   */
  readonly include: (pattern: string) => readonly IncludedFile[];
}
