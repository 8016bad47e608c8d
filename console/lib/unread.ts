// What an agent has not read yet, from the events of a conversation.

import type { Event, Marks } from '../../client/frames.ts';
import { answersText } from './widget.ts';

type Log = { events: readonly Event[]; seen: Marks };

/**
 * The visitor's messages above the agents' read mark, and above what somebody who helps has looked
 * at. Read from the end: the mark is near it.
 */
export function unreadOf({ events, seen }: Log, looked = 0): number {
  let count = 0;
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (!event || event.seq <= Math.max(seen.agent, looked)) break;
    if (isFromVisitor(event)) count += 1;
  }
  return count;
}

/** The last message, of whoever wrote it. */
export function lastMessage(events: readonly Event[]): Event | null {
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (event && textOf(event) !== null) return event;
  }
  return null;
}

/** The seq of the visitor's newest message: it grows when there is something to be alerted to. */
export function lastOfVisitor(events: readonly Event[]): number {
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (event && isFromVisitor(event)) return event.seq;
  }
  return 0;
}

/** The browser tab's title. */
export function titleOf(unread: number): string {
  return unread > 0 ? `(${unread}) Edgewise` : 'Edgewise';
}

function isFromVisitor(event: Event): boolean {
  return textOf(event) !== null && event.author.role === 'visitor';
}

/** What somebody has written in it: a message, a form, or a file's name; null when it is none. */
export function textOf({ body }: Event): string | null {
  if ('text' in body) return body.text;
  return body.kind === 'filled' ? answersText(body.answers) : null;
}
