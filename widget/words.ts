/**
 * What the widget says. The type check asks every other language for the keys of this one; `{}` is
 * where a name or a number goes.
 */

import type { around, filing, picking, seldom } from './seldom.ts';

/** A text that goes with a number, in the forms that the language has for it. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** In English, what the panel says before anything is asked for; the rest is in seldom.ts. */
export const en = {
  open: 'Open chat',
  close: 'Close chat',
  messages: 'Messages',
  message: 'Message',
  send: 'Send',
  you: 'You',
  hello: 'Hello! How can we help?',
  queued: 'Queued',
  sending: 'Sending…',
  sent: 'Sent',
  seen: 'Seen',
  retry: 'Retry',
  discard: 'Discard',
  types: '{} is typing…',
  here: '{} is here',
  closed: 'This chat was closed. Write to open it again.',
  idle: 'Are you still there?',
  failed: 'Not sent',
  tooLong: 'Too long, not sent',
  full: 'Too many messages are waiting to be sent',
  rated: 'Thank you for telling us.',
};

type All = typeof en & typeof seldom & typeof around & typeof filing & typeof picking;

export type Words = { [Key in keyof All]: All[Key] };

/** What is at hand: in English not all of it. */
export type Said = typeof en & Partial<Words>;

/** Puts a name or a number into a text. */
export const fill = (text: string, value: string | number): string =>
  text.replace('{}', () => String(value));

/** The form of a text that goes with this number. */
export function count(text: Plural, number: number, locale: string): string {
  return fill(text[new Intl.PluralRules(locale).select(number)] ?? text.other, number);
}
