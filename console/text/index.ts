// vue-i18n without its compiler: messages are functions already, so nothing is compiled in the
// browser and the strict CSP holds. English is always there; Chinese comes when asked for.

import type { Language } from 'element-plus/es/locale/index';
import { computed, type Plugin, type Ref, shallowRef } from 'vue';
import { createI18n } from 'vue-i18n';
import { en, type Get, type Key, type Message } from './en.ts';

export type Locale = 'en' | 'zh';
export type Values = Record<string, string | number>;
export type { Key };

type Compiled = (context: { named: (name: string) => unknown }) => string;

function compile(messages: Record<string, Message>): Record<string, Compiled> {
  const all: Record<string, Compiled> = {};
  for (const [key, message] of Object.entries(messages)) {
    all[key] = (context) => {
      if (typeof message === 'string') return message;
      const get: Get = (name) => String(context.named(name) ?? '');
      return message(get);
    };
  }
  return all;
}

const created = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en: compile(en) as Record<string, never> },
});

// Its own types follow every key of every message, which takes the type checker too far; the keys
// are checked by `t`.
type Words = {
  locale: Ref<Locale>;
  t: (key: Key, values: Values) => string;
  setLocaleMessage: (locale: Locale, messages: Record<string, Compiled>) => void;
};
export const i18n: Plugin = created;
const words = created.global as unknown as Words;

/** The language in use, as something a view follows. */
export const locale = computed(() => words.locale.value);

/** The language a browser would like best, of those the console has. */
export function bestLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh';
    if (/^en\b/i.test(language)) return 'en';
  }
  return 'en';
}

/** Element Plus's own words: its built-in English, or the Chinese loaded beside ours. */
export const elementLocale = shallowRef<Language | undefined>(undefined);
let elementChinese: Language | undefined;

export async function setLocale(next: Locale): Promise<void> {
  if (next === 'zh' && !elementChinese) {
    const [{ zh }, element] = await Promise.all([
      import('./zh.ts'),
      import('element-plus/es/locale/lang/zh-cn'),
    ]);
    words.setLocaleMessage('zh', compile(zh));
    elementChinese = element.default;
  }
  elementLocale.value = next === 'zh' ? elementChinese : undefined;
  words.locale.value = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

/** The message of `key`, followed by the view; an unknown key fails the type check. */
export function t(key: Key, values: Values = {}): string {
  return words.t(key, values);
}
