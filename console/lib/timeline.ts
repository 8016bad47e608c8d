// A conversation as rows of the thread view: days, lines of the system, bubbles.

import type {
  AgentId,
  Body,
  ClientId,
  Event,
  FileRef,
  Marks,
  Millis,
} from '../../client/frames.ts';
import type { Attached } from '../../client/outbox.ts';
import type { Pending } from '../../client/thread.ts';
import { dayOf } from './labels.ts';
import { answersText } from './widget.ts';

/** Messages of one author in a row share the name while they are so close. */
const RUN_MS = 5 * 60_000;

export type Delivery = 'sending' | 'queued' | 'sent' | 'seen' | 'failed';
export type LineKind =
  | 'assigned'
  | 'requeued'
  | 'closed'
  | 'reopened'
  | 'rated'
  | 'idle'
  | 'joined'
  | 'left';

export type Bubble = {
  row: 'bubble';
  key: string;
  at: Millis;
  text: string;
  /** Whose: the reader's own, another agent's, or the visitor's. */
  side: 'own' | 'agent' | 'visitor';
  author: string;
  /** True when the bubble above is of the same author and near: the name is not repeated. */
  follows: boolean;
  delivery: Delivery | null;
  /** Set while the message is not stored yet: what Retry and Discard are about. */
  pending: ClientId | null;
  reason: Pending['failed'];
  /** What it carries; `text` is its name then. */
  file: FileRef | Attached | null;
};

export type Row =
  | { row: 'day'; key: string; at: Millis }
  | { row: 'line'; key: string; at: Millis; kind: LineKind; name: string }
  | Bubble;

type Input = {
  events: readonly Event[];
  pending: readonly Pending[];
  seen: Marks;
  you: AgentId;
  /** Whether what is queued waits for the connection, or only for its turn. */
  online: boolean;
};

/** The rows of the events from index `start` on, and of everything not stored yet. */
export function rowsOf({ events, pending, seen, you, online }: Input, start: number): Row[] {
  const rows: Row[] = [];
  let day = '';
  let last: Bubble | null = null;

  function add(row: Row): void {
    const today = dayOf(row.at);
    if (today !== day) {
      rows.push({ row: 'day', key: `day ${today} ${rows.length}`, at: row.at });
      day = today;
      last = null;
    }
    if (row.row === 'bubble' && last) row.follows = isRun(last, row);
    last = row.row === 'bubble' ? row : null;
    rows.push(row);
  }

  for (const event of events.slice(start)) add(rowOf(event, seen, you));
  for (const entry of pending) add(pendingRow(entry, online));
  return rows;
}

function rowOf(event: Event, seen: Marks, you: AgentId): Row {
  const { at, author, body } = event;
  const key = `seq ${event.seq}`;
  if (!('text' in body) && body.kind !== 'filled') {
    return { row: 'line', key, at, kind: body.kind, name: detailOf(body) };
  }
  const isAgent = author.role === 'agent';
  const own = isAgent && author.id === you;
  const read = event.seq <= seen.visitor ? 'seen' : 'sent';
  return {
    row: 'bubble',
    key: own ? `own ${body.client_id}` : key,
    at,
    text: 'text' in body ? body.text : answersText(body.answers),
    side: own ? 'own' : isAgent ? 'agent' : 'visitor',
    author: isAgent ? author.name : '',
    follows: false,
    delivery: own ? read : null,
    pending: null,
    reason: null,
    file: 'file' in body ? body.file : null,
  };
}

/** Who has come, or what the visitor has said of the chat. */
function detailOf(body: Body): string {
  if ('agent' in body) return body.agent.name;
  if (body.kind !== 'rated') return '';
  return `${body.good ? '👍' : '👎'} ${body.comment}`.trim();
}

function pendingRow(entry: Pending, online: boolean): Bubble {
  const delivery = entry.state === 'queued' && online ? 'sending' : entry.state;
  return {
    row: 'bubble',
    key: `own ${entry.client_id}`,
    at: entry.at,
    text: entry.text,
    side: 'own',
    author: '',
    follows: false,
    delivery,
    pending: entry.client_id,
    reason: entry.failed,
    file: entry.file ?? null,
  };
}

function isRun(above: Bubble, below: Bubble): boolean {
  if (above.side !== below.side) return false;
  const sameAuthor = above.side === 'own' || above.author === below.author;
  return sameAuthor && below.at - above.at < RUN_MS;
}
