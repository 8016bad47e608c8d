/** What the panel shows, as pure functions: what happened → state → what is on the screen. */
import type { ConversationState, Refusal } from '../client/conversation.ts';
import type { Body, Event, FileRules, Lobby, Millis } from '../client/frames.ts';
import type { Pending } from '../client/thread.ts';
import type { FilesPart } from './files.tsx';
import type { Child, View } from './jsx.ts';
import type { Locale } from './locale.ts';
import type { Acts } from './view.tsx';
import { fill, type Said } from './words.ts';

/** A part of the panel that is loaded when it is asked for. */
export type Extra = {
  is: 'menu' | 'emoji' | 'rating';
  draw: (props: { state: State; acts: Acts }) => View | null;
};

const DAY_MS = 86_400_000;

export type State = {
  open: boolean;
  locale: Locale;
  words: Said;
  /** The site's name, as soon as the worker has told it. */
  name: string;
  chat: ConversationState | undefined;
  /** Without connection for so long that the visitor should know. */
  late: boolean;
  /** Why the last message was not taken. */
  refusal: Refusal;
  /** Characters in the composer. */
  length: number;
  /** The visitor wants no sound. */
  muted: boolean;
  /** What is open beside the thread, once it is loaded. */
  extra: Extra | undefined;
  /** What the worker has told of the site. */
  lobby: Lobby | undefined;
  /** What stands around the thread, once it is loaded; null when it did not come. */
  around: typeof import('./lobby.tsx') | null | undefined;
  /** What is asked before the first message, in place of the thread. */
  form: ((props: { state: State }) => View | null) | undefined;
  /** What is in a bubble: the text, with links once there are any to find. */
  inside: (text: string) => Child;
  /** Which files the site takes; none without. */
  rules: FileRules | undefined;
  /** Sends and shows files, once there are any, or may be. */
  files: FilesPart | undefined;
};

/** What has changed of it. A length that changes means the visitor writes: the refusal is read. */
export type Change = Partial<State>;

export function begin(locale: Locale, words: Said): State {
  return {
    open: false,
    locale,
    words,
    name: '',
    chat: undefined,
    late: false,
    refusal: null,
    length: 0,
    muted: false,
    extra: undefined,
    lobby: undefined,
    around: undefined,
    form: undefined,
    inside: (text) => text,
    rules: undefined,
    files: undefined,
  };
}

export function reduce(state: State, change: Change): State {
  const refusal = change.length === undefined ? state.refusal : null;
  return { ...state, refusal, ...change };
}

/** A message or a line between messages. */
export type Item =
  | { is: 'line'; key: string; text: string }
  | {
      is: 'message';
      /** The same before and after the ack, so that the bubble stays the same element. */
      key: string;
      own: boolean;
      author: string;
      text: string;
      at: Millis;
      /** How far an own message has come. */
      progress: string;
      failed: Pending['failed'];
      /** What it is made of. */
      of: Body | Pending;
    };

export function itemsOf({ chat, words, late, locale }: State, now: Millis): Item[] {
  if (!chat) return [];
  const items: Item[] = [];
  let day = dayOf(now);
  for (const event of chat.events) {
    if (dayOf(event.at) !== day) {
      day = dayOf(event.at);
      items.push({ is: 'line', key: `day ${day}`, text: dateOf(event.at, now, locale) });
    }
    items.push(itemOf(event, words, chat.seen.agent));
  }
  for (const of of chat.pending) {
    const { client_id: key, text, at, state, failed } = of;
    const waits = state === 'queued' && late ? words.queued : words.sending;
    const reason = failed === 'text_too_long' ? words.tooLong : words.failed;
    const progress = failed ? reason : state === 'sent' ? words.sent : waits;
    const author = words.you;
    items.push({ is: 'message', key, own: true, author, text, at, progress, failed, of });
  }
  return items;
}

/** What is said of events by their kinds. */
type Lines = Partial<Record<Event['body']['kind'], string>>;

const dayOf = (at: Millis): number => new Date(at).setHours(0, 0, 0, 0);

/** Today, yesterday, or the date. */
export function dateOf(at: Millis, now: Millis, locale: string): string {
  // Days are not all of the same length.
  const days = Math.round((dayOf(at) - dayOf(now)) / DAY_MS);
  if (days > -2)
    return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
  return new Date(at).toLocaleDateString(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
}

function itemOf({ seq, at, author, body }: Event, words: Said, seen: number): Item {
  switch (body.kind) {
    case 'message':
    case 'file':
    case 'filled': {
      const own = author.role === 'visitor';
      return {
        is: 'message',
        key: body.client_id,
        own,
        author: author.role === 'agent' ? author.name : words.you,
        text: 'text' in body ? body.text : body.answers.map(({ text }) => text).join('\n'),
        at,
        progress: own ? (seq <= seen ? words.seen : words.sent) : '',
        failed: null,
        of: body,
      };
    }
    case 'assigned':
    case 'joined':
      return { is: 'line', key: `${seq}`, text: fill(words.here, body.agent.name) };
    default:
      // Being in the queue again is told as the situation, with the place in it.
      return { is: 'line', key: `${seq}`, text: (words as Lines)[body.kind] ?? '' };
  }
}

/**
 * What is sent of what was typed: control characters show nothing, and grow on the wire; half an
 * emoji is no text.
 */
export const meant = (typed: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
  typed.replace(/[\0-\x08\x0b-\x1f\x7f\p{Cs}]/gu, '').trim();

/** Whether a text may hold a link. */
export const mayLink = (text: string): boolean => /www\.|:/i.test(text);

/** The newest message of an agent: what there is to see. */
export function newest(chat: ConversationState): number {
  return chat.events.findLast(({ author }) => author.role === 'agent')?.seq ?? 0;
}

/** Messages of agents that nobody has looked at. */
export function unread({ chat }: State): number {
  if (!chat) return 0;
  const fresh = ({ seq, author }: Event) => author.role === 'agent' && seq > chat.seen.visitor;
  return chat.events.filter(fresh).length;
}

/** Whether there is something to come back for after a reload. */
export function running({ chat }: State): boolean {
  if (!chat) return false;
  return (
    (!!chat.status && chat.status.is !== 'closed') ||
    chat.pending.length > 0 ||
    newest(chat) > chat.seen.visitor
  );
}

/** Whether the form comes before anything else. What is typed already goes first. */
export function isAsked({ chat, lobby, length }: State): boolean {
  return !!(lobby?.form && chat?.live && !chat.lastSeq && !chat.pending.length && !length);
}

/** Whether something that is not sent would be lost with the page. */
export function loses(chat: ConversationState | undefined): boolean {
  return !!chat && !chat.durable && chat.pending.length > 0;
}

/** By hand: the first use of Intl holds a slow page up for longer than all else that is here. */
export function timeOf(at: Millis, locale: string): string {
  const date = new Date(at);
  const hours = date.getHours();
  const [hour, minute] = [hours, date.getMinutes()].map((part) => `${part}`.padStart(2, '0'));
  if (locale !== 'en') return `${hour}:${minute}`;
  return `${hours % 12 || 12}:${minute} ${hours < 12 ? 'AM' : 'PM'}`;
}
