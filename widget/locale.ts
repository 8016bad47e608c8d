import type { Locale } from './types.ts';

/** The first language of the wishes that the widget speaks; English when there is none. */
export function speak(wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const language = wish?.slice(0, 2).toLowerCase();
    if (language === 'zh' || language === 'en') return language;
  }
  return 'en';
}
