/** What is said of the site and the queue, as pure functions of the state. */
import { wholeAround } from './seldom.ts';
import type { State } from './state.ts';
import { count, fill } from './words.ts';

/** Whether somebody is there, or when somebody will be. */
export function presence({ lobby, words, locale }: State): string {
  const { online, away, back } = wholeAround(words);
  if (lobby?.online) return online;
  return lobby?.opens ? fill(back, whenOf(lobby.opens, locale)) : away;
}

/** How long an answer takes; nothing when that is not known, or longer than anybody would wait. */
export function hint({ lobby, words }: State): string {
  const { minutes, hour, day } = wholeAround(words);
  const seconds = lobby?.online ? (lobby.reply_s ?? Infinity) : Infinity;
  if (seconds <= 600) return minutes;
  if (seconds <= 3_600) return hour;
  return seconds <= 86_400 ? day : '';
}

/** What goes on, in one line: how long it may take until somebody is here. */
export function situation({ chat, words, locale }: State): string {
  const { waiting, place, wait, opens: closed, nobody } = wholeAround(words);
  const status = chat?.status;
  if (status?.is !== 'waiting') return '';
  if (!status.place) return waiting;
  const { position, staffed, wait_s = 0, opens } = status.place;
  if (opens) return fill(closed, whenOf(opens, locale));
  if (!staffed) return nobody;
  if (position === 0) return waiting;
  const stands = fill(place, position);
  return wait_s > 0 ? `${stands}, ${count(wait, Math.ceil(wait_s / 60), locale)}` : stands;
}

/** What is wrong, if anything is. */
export function trouble({ chat, words, late }: State): string {
  const { unavailable, stopped, offline, later, stay } = wholeAround(words);
  if (chat?.connection.is === 'stopped') {
    return typeof chat.connection.code === 'string' ? unavailable : stopped;
  }
  if (!late) return '';
  const waits = chat?.pending.some(({ failed }) => !failed);
  if (!waits) return offline;
  return `${offline} ${chat?.durable ? later : stay}`;
}

/** Day and time, in the visitor's own zone. */
export function whenOf(at: number, locale: string): string {
  const parts = { weekday: 'long', hour: 'numeric', minute: '2-digit' } as const;
  return new Date(at).toLocaleString(locale, parts);
}
