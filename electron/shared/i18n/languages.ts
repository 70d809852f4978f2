/** Languages Mailmole speaks, as BCP 47 tags; each has a folder of its own here. */
export const LANGUAGES = ['en', 'de', 'fr', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];
