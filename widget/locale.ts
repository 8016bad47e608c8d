/** The languages of the widget, by what each calls the launcher. */

export const names = {
  en: 'Open chat',
  'zh-CN': '打开在线客服',
  'zh-TW': '開啟線上客服',
  ja: 'チャットを開く',
  ko: '채팅 열기',
  de: 'Chat öffnen',
  fr: 'Ouvrir le chat',
  es: 'Abrir el chat',
  'pt-BR': 'Abrir o chat',
  it: 'Apri la chat',
  nl: 'Chat openen',
  ru: 'Открыть чат',
  tr: 'Sohbeti aç',
  ar: 'فتح المحادثة',
  he: 'פתיחת הצ׳אט',
};

export type Locale = keyof typeof names;

/** Whether a language is written from right to left. */
export const isRtl = (locale: Locale): boolean => /ar|he/.test(locale);

/** The first language of the wishes that the widget speaks; English when there is none. */
export function speak(wishes: readonly (string | null | undefined)[]): Locale {
  const spoken = Object.keys(names) as Locale[];
  for (const wish of wishes) {
    // Not by `Intl`: its data would be loaded on every page for this alone.
    const tag = `${wish}`.toLowerCase();
    if (/^zh(?!.*hans).*-(hant|tw|hk|mo)/.test(tag)) return 'zh-TW';
    const [language] = tag.split('-');
    const found = spoken.find((locale) => locale.split('-')[0] === language);
    if (found) return found;
  }
  return 'en';
}
