// Names and times as the console shows them.

import type { ConversationId, Millis } from '../../client/frames.ts';

/**
 * Four signs that tell visitors apart. A conversation's id is derived from its visitor, who so
 * keeps the code. FNV-1a, because the id's own first characters may be a common prefix.
 */
export function visitorCode(conversation: ConversationId): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < conversation.length; at += 1) {
    hash = Math.imul(hash ^ conversation.charCodeAt(at), 0x01000193);
  }
  const folded = ((hash >>> 16) ^ hash) & 0xffff;
  return folded.toString(16).toUpperCase().padStart(4, '0');
}

export type Ago = { unit: 'now' } | { unit: 'minutes' | 'hours'; n: number } | { unit: 'date' };

/** How long ago, in the unit a reader would use. */
export function ago(at: Millis, now: Millis): Ago {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return { unit: 'now' };
  if (minutes < 60) return { unit: 'minutes', n: minutes };
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? { unit: 'hours', n: hours } : { unit: 'date' };
}

/** What counts down, as 0:09. */
export function countdown(until: Millis, now: Millis): string {
  const left = Math.max(0, Math.ceil((until - now) / 1_000));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${locale} ${name}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale === 'zh' ? 'zh-CN' : locale, options);
  formats.set(key, made);
  return made;
}

export function clock(at: Millis, locale: string): string {
  return format(locale, 'clock', { hour: 'numeric', minute: '2-digit' }).format(at);
}

export function shortDate(at: Millis, locale: string): string {
  return format(locale, 'short', { month: 'short', day: 'numeric' }).format(at);
}

export function longDate(at: Millis, locale: string): string {
  const options = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const;
  return format(locale, 'long', options).format(at);
}

export function dateAndClock(at: Millis, locale: string): string {
  const options = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  return format(locale, 'full', options).format(at);
}

/** A moment of the next days. */
export function dayAndClock(at: Millis, locale: string): string {
  const options = { weekday: 'short', hour: 'numeric', minute: '2-digit' } as const;
  return format(locale, 'day', options).format(at);
}

/** Names a day in the reader's zone: equal for two times of one day. */
export function dayOf(at: Millis): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** A language tag as a name, or the tag itself when it is none. */
export function languageName(tag: string, locale: string): string {
  try {
    const names = new Intl.DisplayNames([locale === 'zh' ? 'zh-CN' : locale], { type: 'language' });
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The page a visitor is on, without what a reader does not need. */
export function pageName(page: string): string {
  try {
    const url = new URL(page);
    return url.host + (url.pathname === '/' ? '' : url.pathname);
  } catch {
    return page;
  }
}

/** Only such addresses become links; a page is untrusted text. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** Without halves of an emoji, which a paste may leave: no frame can carry them. */
export const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '');
