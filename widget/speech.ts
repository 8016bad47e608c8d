/** The words of each language, fetched when somebody speaks it; English is in the panel. */
import type { Locale } from './locale.ts';
import { en, type Said } from './words.ts';

/** Where the words of a language are; the build puts another path in. */
const pathOf = (locale: Locale) => `./words/${locale}.ts`;

/** English where a language cannot be fetched: better than nothing. */
export async function wordsOf(locale: Locale): Promise<Said> {
  if (locale === 'en') return en;
  return import(pathOf(locale)).then(
    (module) => module.default,
    () => en,
  );
}
