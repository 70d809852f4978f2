/** Languages Mailmole speaks, as BCP 47 tags; each has a folder of its own here. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];
