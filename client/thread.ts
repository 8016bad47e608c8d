/**
 * One conversation as a browser holds it: pure functions from a thread and what happened to a new
 * thread, the frames to send, and what to forget of the outbox. The rule numbers are those of
 * docs/protocol.md. Nothing here knows sockets, storage or screens.
 */
import type {
  About,
  Author,
  Body,
  ClientFrame,
  ClientId,
  Epoch,
  Event,
  Marks,
  Rejection,
  Seq,
  ServerFrame,
  Side,
  Status,
} from './frames.ts';
import type { Entry } from './outbox.ts';

/**
 * `queued`: waits for the connection or its turn · `sending`: on its way · `sent`: acknowledged,
 * its event is still to come (only after a gap) · `failed`: refused, see the entry's `failed`.
 */
export type Pending = Entry & { state: 'queued' | 'sending' | 'sent' | 'failed' };

export type Thread = {
  /** True from the last batch on: what happens is told as it happens (H3). */
  live: boolean;
  you: Author | null;
  epoch: Epoch | null;
  /** Dense from seq 1. */
  events: readonly Event[];
  lastSeq: Seq;
  status: Status | null;
  seen: Marks;
  /** Who types, and until when to believe it (S8). */
  typing: readonly { who: Author; until: number }[];
  pending: readonly Pending[];
  /** What the page has said of the visitor; agents are told. */
  about: About | null;
};

/** What comes with a visitor's hello. */
export type Told = Pick<Extract<ClientFrame, { t: 'hello' }>, 'context' | 'about'>;

export type Step = { thread: Thread; send: ClientFrame[]; forget: ClientId[]; keep: Entry[] };

/** Unacknowledged messages on the way at once: fast enough, and far below the server's burst. */
const WINDOW = 8;
const TYPING_MS = 6_000;

export const emptyThread: Thread = {
  live: false,
  you: null,
  epoch: null,
  events: [],
  lastSeq: 0,
  status: null,
  seen: { visitor: 0, agent: 0 },
  typing: [],
  pending: [],
  about: null,
};

/** The first frame of a socket, and the answer to a gap (H2, H3, H5). */
export function hello(thread: Thread, told?: Told): ClientFrame {
  const frame: ClientFrame = { t: 'hello', after: thread.lastSeq, ...told };
  const last = thread.events.at(-1);
  // The epoch alone is not enough: a restored backup has the same one.
  if (thread.epoch && last) {
    frame.epoch = thread.epoch;
    frame.chain = last.chain;
  }
  return frame;
}

/** The socket is gone: what was on its way may or may not have arrived. */
export function lost(thread: Thread): Thread {
  return { ...thread, live: false, typing: [], pending: queueAgain(thread.pending) };
}

/** A frame of the server. */
export function receive(thread: Thread, frame: ServerFrame, now: number): Step {
  switch (frame.t) {
    case 'welcome':
      return same(welcome(thread, frame));
    case 'batch':
      return batch(thread, frame.events, frame.done);
    case 'event':
      return event(thread, frame.event);
    case 'ack':
      return acknowledged(thread, frame);
    case 'typing':
      return same({ ...thread, typing: typing(thread, frame.who, frame.on, now) });
    case 'seen':
      return same({ ...thread, seen: raise(thread.seen, frame.side, frame.seq) });
    case 'status':
      return same({ ...thread, status: frame.status });
    case 'about':
      return same({ ...thread, about: frame.about });
    case 'rejected':
      return rejected(thread, frame.client_id, frame.code);
    default:
      // A newer server may say more than this client knows.
      return same(thread);
  }
}

/**
 * A message was written and stored: it shows, and goes out when its turn comes. So does one of
 * which the outbox holds more now: that its file is there.
 */
export function write(thread: Thread, entry: Entry): Step {
  const { pending } = thread;
  const at = pending.findIndex(({ client_id }) => client_id === entry.client_id);
  // What is on its way was read back from the outbox, where it is as soon as it is stored.
  if (pending[at]?.state === 'sending') return same(thread);
  return flush({
    ...thread,
    pending: at < 0 ? [...pending, waiting(entry)] : pending.with(at, waiting(entry)),
  });
}

/**
 * What the outbox holds, read when a socket opens and when another tab has changed it. `known` are
 * the ids pending when the reading began: of these, the ones no longer stored were sent or
 * discarded by another tab. What is on its way stays, whoever dropped it: its answer decides.
 */
export function restore(thread: Thread, stored: Entry[], known: ReadonlySet<ClientId>): Step {
  const held = new Map(thread.pending.map((entry) => [entry.client_id, entry]));
  const ids = new Set(stored.map((entry) => entry.client_id));
  // Its event came while the outbox was read.
  const forget = ownIds(thread, thread.events).filter((id) => ids.has(id));
  const others = thread.pending.filter(({ client_id: id }) => !ids.has(id));
  const leaves = ({ state }: Pending) => state === 'sending' || state === 'sent';
  const fresh = others.filter((entry) => !leaves(entry) && !known.has(entry.client_id));
  const pending = stored.map((entry) => {
    const here = held.get(entry.client_id);
    // Another tab may have heard its refusal.
    return here && (leaves(here) || here.failed === entry.failed) ? here : waiting(entry);
  });
  const all = { ...thread, pending: [...others.filter(leaves), ...pending, ...fresh] };
  return { ...flush(without(all, forget)), forget };
}

/** A refused message is tried again as a new one: its old id is spent (S3). */
export function retry(thread: Thread, id: ClientId, entry: Entry): Step {
  return { ...write(without(thread, [id]), entry), forget: [id] };
}

export function discard(thread: Thread, id: ClientId): Step {
  return { ...same(without(thread, [id])), forget: [id] };
}

/** Raises the read mark of our own side; the server tells only the others (S9). */
export function markSeen(thread: Thread, seq: Seq): Step {
  const side = sideOf(thread.you);
  const upTo = Math.min(seq, thread.lastSeq);
  if (!thread.live || side === null || upTo <= thread.seen[side]) return same(thread);
  const step = same({ ...thread, seen: raise(thread.seen, side, upTo) });
  return { ...step, send: [{ t: 'seen', seq: upTo }] };
}

/** Forgets typing that nobody has confirmed for 6 s (S8). */
export function expire(thread: Thread, now: number): Thread {
  const typing = thread.typing.filter(({ until }) => until > now);
  return typing.length === thread.typing.length ? thread : { ...thread, typing };
}

export function sideOf(author: Author | null): Side | null {
  return author === null || author.role === 'system' ? null : author.role;
}

/** Whether two authors are the same participant. */
export function sameAuthor(a: Author, b: Author): boolean {
  return a.role === b.role && (a.role !== 'agent' || b.role !== 'agent' || a.id === b.id);
}

function welcome(thread: Thread, frame: Extract<ServerFrame, { t: 'welcome' }>): Thread {
  const { epoch, you, status, seen, reset } = frame;
  const base = { ...thread, live: false, epoch, you, status, seen };
  // H4: another history. What we wrote and hold in the outbox is sent again after the batch.
  return reset ? { ...base, events: [], lastSeq: 0 } : base;
}

function batch(thread: Thread, events: Event[], done: boolean): Step {
  const { thread: after, forget, gap } = append(thread, events);
  if (!done || gap) return { ...same(after), send: [hello(after)], forget };
  const live = { ...after, live: true, pending: queueAgain(after.pending) };
  const step = flush(live);
  return { ...step, forget };
}

function event(thread: Thread, event: Event): Step {
  const { thread: after, forget, gap } = append(thread, [event]);
  // H5: one hello is enough; until its batch is done, later events are part of the same gap.
  if (gap && after.live)
    return { ...same({ ...after, live: false }), send: [hello(after)], forget };
  return { ...flush(after), forget };
}

function acknowledged(thread: Thread, ack: Extract<ServerFrame, { t: 'ack' }>): Step {
  const { client_id, seq, at, chain } = ack;
  const entry = thread.pending.find((pending) => pending.client_id === client_id);
  if (seq <= thread.lastSeq) {
    return { ...flush(without(thread, [client_id])), forget: [client_id] };
  }
  if (entry && thread.you && seq === thread.lastSeq + 1) {
    const { text, file } = entry;
    const carries = file && { kind: 'file', file: file.ref };
    const body = { kind: 'message', client_id, text, ...carries } as Body;
    return event(thread, { seq, at, author: thread.you, body, chain });
  }
  // Stored, but something before it is missing here, or the entry: its event comes with the batch.
  const pending = thread.pending.map((p): Pending => (p === entry ? { ...p, state: 'sent' } : p));
  const after = { ...thread, pending, live: false };
  return { ...same(after), send: thread.live ? [hello(after)] : [] };
}

function rejected(thread: Thread, id: ClientId | undefined, code: Rejection): Step {
  const entry = thread.pending.find(({ client_id }) => client_id === id);
  if (!entry) return same(thread);
  const failed: Pending = { ...entry, failed: code, state: 'failed' };
  const step = flush({ ...thread, pending: thread.pending.map((p) => (p === entry ? failed : p)) });
  return { ...step, keep: [stripped(failed)] };
}

/** Adds what comes next, skips what is held already, and stops at a gap. */
function append(
  thread: Thread,
  events: Event[],
): { thread: Thread; forget: ClientId[]; gap: boolean } {
  const added: Event[] = [];
  let last = thread.lastSeq;
  let gap = false;
  for (const event of events) {
    if (event.seq > last + 1) {
      gap = true;
      break;
    }
    if (event.seq <= last) continue;
    added.push(event);
    last = event.seq;
  }
  if (added.length === 0) return { thread, forget: [], gap };
  const forget = ownIds(thread, added);
  const typing = thread.typing.filter(({ who }) => !added.some((e) => sameAuthor(e.author, who)));
  const after = { ...thread, events: [...thread.events, ...added], lastSeq: last, typing };
  return { thread: without(after, forget), forget, gap };
}

/** The ids of our own messages among these events. */
function ownIds({ you }: Thread, events: readonly Event[]): ClientId[] {
  return events.flatMap(({ author, body }) =>
    'text' in body && you && sameAuthor(author, you) ? [body.client_id] : [],
  );
}

/** S5: sends what waits, in order, with at most `WINDOW` on the way. */
function flush(thread: Thread): Step {
  if (!thread.live) return same(thread);
  let room = WINDOW - thread.pending.filter(({ state }) => state === 'sending').length;
  const send: ClientFrame[] = [];
  const pending = thread.pending.map((entry): Pending => {
    // A file goes first, then what carries it; messages behind do not wait for it.
    if (entry.state !== 'queued' || room <= 0 || entry.file?.ref === null) return entry;
    room -= 1;
    const { client_id, text, file } = entry;
    send.push({ t: file ? 'attach' : 'send', client_id, text });
    return { ...entry, state: 'sending' };
  });
  return send.length === 0 ? same(thread) : { ...same({ ...thread, pending }), send };
}

function queueAgain(pending: readonly Pending[]): readonly Pending[] {
  return pending.map((entry) => (entry.state === 'failed' ? entry : { ...entry, state: 'queued' }));
}

function typing(thread: Thread, who: Author, on: boolean, now: number): Thread['typing'] {
  const others = thread.typing.filter((entry) => !sameAuthor(entry.who, who));
  return on ? [...others, { who, until: now + TYPING_MS }] : others;
}

function raise(seen: Marks, side: Side, seq: Seq): Marks {
  return seq > seen[side] ? { ...seen, [side]: seq } : seen;
}

function without(thread: Thread, ids: ClientId[]): Thread {
  return { ...thread, pending: thread.pending.filter((p) => !ids.includes(p.client_id)) };
}

function waiting(entry: Entry): Pending {
  return { ...entry, state: entry.failed === null ? 'queued' : 'failed' };
}

function stripped({ state: _, ...entry }: Pending): Entry {
  return entry;
}

function same(thread: Thread): Step {
  return { thread, send: [], forget: [], keep: [] };
}
