// What this browser's reader likes: language, theme, sound, shortcuts. Kept in the browser.

import { defineStore } from 'pinia';
import { reactive, toRefs, watch } from 'vue';
import { bestLocale, type Locale, setLocale } from '../text/index.ts';

export type Theme = 'auto' | 'light' | 'dark';
type Prefs = { locale: Locale; theme: Theme; sound: boolean; keys: boolean };

const KEY = 'edgewise-console';

function stored(): Prefs {
  const best = bestLocale(navigator.languages);
  const prefs: Prefs = { locale: best, theme: 'auto', sound: true, keys: true };
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Prefs>;
    if (kept.locale === 'en' || kept.locale === 'zh') prefs.locale = kept.locale;
    if (kept.theme === 'light' || kept.theme === 'dark') prefs.theme = kept.theme;
    prefs.sound = kept.sound !== false;
    prefs.keys = kept.keys !== false;
  } catch {
    // Storage refused or spoilt: the browser's own settings serve.
  }
  return prefs;
}

function showTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export const usePrefs = defineStore('prefs', () => {
  const prefs = reactive(stored());
  const ready = setLocale(prefs.locale).catch(() => setLocale('en'));
  showTheme(prefs.theme);

  watch(prefs, (now) => {
    showTheme(now.theme);
    void setLocale(now.locale).catch(() => {});
    try {
      localStorage.setItem(KEY, JSON.stringify(now));
    } catch {
      // Refused: the choice holds for this page.
    }
  });

  return { ...toRefs(prefs), ready };
});
