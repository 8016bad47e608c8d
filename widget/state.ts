/** What the panel shows, as pure functions: what happened → state → what is on the screen. */
import type { ConversationState, Refusal } from '../client/conversation.ts';
import type { Event, Millis, Rejection } from '../client/frames.ts';
import type { Locale } from './types.ts';
import type { Words } from './words.ts';

export type State = {
  open: boolean;
  locale: Locale;
  words: Words;
  /** The site's name, as soon as the worker has told it. */
  name: string;
  chat: ConversationState | undefined;
  /** Without connection for so long that the visitor should know. */
  late: boolean;
  /** Why the last message was not taken. */
  refusal: Refusal;
  /** Characters in the composer. */
  length: number;
};

/** What has changed of it. A length that changes means the visitor writes: the refusal is read. */
export type Change = Partial<State>;

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
      failed: Rejection | null;
    };

export function itemsOf({ chat, words, late }: State): Item[] {
  if (!chat) return [];
  const items = chat.events.map((event) => itemOf(event, words, chat.seen.agent));
  for (const { client_id: key, text, at, state, failed } of chat.pending) {
    const waits = state === 'queued' && late ? words.queued : words.sending;
    const reason = failed === 'text_too_long' ? words.tooLong : words.failed;
    const progress = failed ? reason : state === 'sent' ? words.sent : waits;
    items.push({ is: 'message', key, own: true, author: words.you, text, at, progress, failed });
  }
  return items;
}

function itemOf({ seq, at, author, body }: Event, words: Words, seen: number): Item {
  switch (body.kind) {
    case 'message': {
      const own = author.role === 'visitor';
      return {
        is: 'message',
        key: body.client_id,
        own,
        author: author.role === 'agent' ? author.name : words.you,
        text: body.text,
        at,
        progress: own ? (seq <= seen ? words.seen : words.sent) : '',
        failed: null,
      };
    }
    case 'assigned':
      return { is: 'line', key: `${seq}`, text: body.agent.name + words.here };
    case 'closed':
      return { is: 'line', key: `${seq}`, text: words.closed };
    default:
      // Being in the queue again is told as the situation, with the place in it.
      return { is: 'line', key: `${seq}`, text: '' };
  }
}

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
    chat.status?.is !== 'closed' || chat.pending.length > 0 || newest(chat) > chat.seen.visitor
  );
}

/** What goes on, in one line: who is here, or how long it may take. */
export function situation({ chat, words }: State): string {
  const status = chat?.status;
  if (status?.is !== 'waiting') return '';
  if (!status.place) return words.waiting;
  return status.place.staffed ? words.place(status.place.position) : words.nobody;
}

/** What is wrong, if anything is. */
export function trouble({ chat, words, late }: State): string {
  if (chat?.connection.is === 'stopped') {
    return typeof chat.connection.code === 'string' ? words.unavailable : words.stopped;
  }
  if (!late) return '';
  const waits = chat?.pending.some(({ failed }) => !failed);
  return words.offline + (waits ? (chat?.durable ? words.later : words.stay) : '');
}

/** Time of day, with the date when it was another day. */
export function timeOf(at: Millis, now: Millis, locale: string): string {
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return new Date(at).toLocaleString(locale, {
    hour: 'numeric',
    minute: '2-digit',
    ...(!today && { month: 'short', day: 'numeric' }),
  });
}
