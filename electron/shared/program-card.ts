/** One line of a mail program's account settings. */
export interface Field {
  readonly label: string;
  readonly value: string;
  /** What to know of the value: "or the user name your mail provider gave you". */
  readonly hint: string | null;
  /** Is the value typed, so that it is worth copying? Otherwise it is picked from a list or ticked. */
  readonly typed: boolean;
}

/** What one page of a mail program's account settings asks for. */
export interface Block {
  readonly title: string;
  /** In the order of the page. */
  readonly fields: readonly Field[];
  readonly notes: readonly string[];
}

/** What belongs into a file of a mail program. */
export interface ConfigFile {
  /** Where the program looks for it, such as `~/.fetchmailrc`. */
  readonly path: string;
  /** May be used as it is, and may be put behind what the file already holds if the program keeps all mailboxes in one. */
  readonly text: string;
}

/** What a mail program needs to use a mailbox. Holds no secret. */
export type Settings =
  /** To be typed and chosen by a person. */
  | { readonly kind: 'fields'; readonly intro: string; readonly blocks: readonly Block[] }
  /** To be put into files; at least one. */
  | { readonly kind: 'files'; readonly files: readonly ConfigFile[] }
  /** The program can do nothing with this mailbox; why, and what would help, in a sentence. */
  | { readonly kind: 'nothing'; readonly reason: string };

/** A mail program and what it needs, ready to be shown. */
export interface ProgramCard {
  readonly program: string;
  readonly name: string;
  readonly settings: Settings;
}
