// What a conversation must be after whatever befell it, in the manner of Jepsen: each send is
// acknowledged at a seq, refused, or unknown; every acknowledged one is in the final log at that
// seq, once, in its sender's order; and whatever anybody was ever shown is what the log says.

import type { Author, Event, Seq, ServerFrame } from '../../client/frames.ts';

/** What can be wrong; a closed list. */
export const VIOLATIONS = {
  lost: 'acknowledged or shown, and not in the log',
  doubled: 'in the log twice',
  reordered: 'not at its seq, or not in its sender’s order',
  gaps: 'seqs that are not dense',
  diverged: 'readers that do not agree',
  foreign: 'in the log, and never sent or refused',
} as const;
export type Violation = { is: keyof typeof VIOLATIONS; what: string };

/** An acknowledged message is one shown to its sender: the same seq, moment and chain. */
type Ack = Omit<Extract<ServerFrame, { t: 'ack' }>, 't'>;
type Fate = { is: 'unknown' } | { is: 'ok'; seq: Seq } | { is: 'refused' };
type Sent = { text: string; fate: Fate };

/** One who writes: its sends in the order they were first made. */
export class Sender {
  readonly sends = new Map<string, Sent>();
  acked = 0;
  readonly name: string;
  readonly #ledger: Ledger;

  constructor(name: string, ledger: Ledger) {
    this.name = name;
    this.#ledger = ledger;
  }

  sent(id: string, text: string): void {
    this.sends.set(id, { text, fate: { is: 'unknown' } });
  }

  acknowledged(id: string, seq: Seq): void {
    const send = this.sends.get(id);
    if (!send) {
      this.#ledger.violated('foreign', `${this.name} has an ack of ${id}`);
      return;
    }
    const { fate } = send;
    if (fate.is === 'refused') this.#ledger.violated('foreign', `${id} was refused before`);
    if (fate.is === 'ok' && fate.seq !== seq) {
      this.#ledger.violated('reordered', `${id} was at ${fate.seq}, now at ${seq}`);
    }
    if (fate.is === 'unknown') this.acked += 1;
    send.fate = { is: 'ok', seq };
  }

  refused(id: string): void {
    const send = this.sends.get(id);
    if (send?.fate.is === 'ok') this.#ledger.violated('lost', `${id} was acknowledged before`);
    if (send) send.fate = { is: 'refused' };
  }
}

/** What one socket shows its reader: a dense run of events from where it joined. */
export class View {
  last: Seq;
  readonly name: string;
  readonly #ledger: Ledger;

  constructor(name: string, ledger: Ledger, after: Seq) {
    this.name = name;
    this.#ledger = ledger;
    this.last = after;
  }

  show(event: Event): void {
    const { seq } = event;
    if (seq > this.last + 1) {
      this.#ledger.violated('gaps', `${this.name} was shown ${seq} after ${this.last}`);
    }
    if (seq <= this.last) {
      this.#ledger.violated('diverged', `${this.name} was shown ${seq} after ${this.last}`);
    }
    this.last = Math.max(this.last, seq);
    this.#ledger.compare(event, this.name);
  }

  /** The ack takes the event's place at its sender; that of a repeat tells nothing new. */
  acknowledged({ client_id, text, ...rest }: Ack & { text: string }, author: Author): void {
    const event = { ...rest, author, body: { kind: 'message', client_id, text } as const };
    if (rest.seq > this.last) this.show(event);
    else this.#ledger.compare(event, this.name);
  }
}

/** All that is known of one conversation from outside. */
export class Ledger {
  readonly violations: Violation[] = [];
  readonly name: string;
  readonly #senders: Sender[] = [];
  /** What was shown first at each seq; all others are compared to it. */
  readonly #shown = new Map<Seq, { content: string; reader: string }>();

  constructor(name: string) {
    this.name = name;
  }

  sender(name: string): Sender {
    const sender = new Sender(name, this);
    this.#senders.push(sender);
    return sender;
  }

  view(name: string, after: Seq): View {
    return new View(name, this, after);
  }

  get acked(): number {
    return this.#senders.reduce((sum, sender) => sum + sender.acked, 0);
  }

  violated(is: Violation['is'], what: string): void {
    this.violations.push({ is, what: `${this.name}: ${what}` });
  }

  compare(event: Event, reader: string): void {
    const content = contentOf(event);
    const first = this.#shown.get(event.seq);
    if (!first) this.#shown.set(event.seq, { content, reader });
    else if (first.content !== content) {
      const what = `${reader} sees ${content} where ${first.reader} saw ${first.content}`;
      this.violated('diverged', what);
    }
  }

  /** The last word: holds everything against the log as it is in the end. */
  judge(log: Event[]): void {
    let end = 0;
    for (const event of log) {
      if (event.seq !== end + 1) this.violated('gaps', `${event.seq} comes after ${end}`);
      end = event.seq;
      this.compare(event, 'the log');
    }
    for (const [seq, { reader, content }] of this.#shown) {
      if (seq > end) this.violated('lost', `${reader} was shown ${content}`);
    }
    const places = this.#places(log);
    for (const sender of this.#senders) this.#judgeSender(sender, places);
  }

  /** Where each message is; twice the same and what nobody sent is told at once. */
  #places(log: Event[]): Map<string, Seq> {
    const sends = new Map(this.#senders.flatMap((sender) => [...sender.sends]));
    const places = new Map<string, Seq>();
    for (const { seq, body } of log) {
      if (body.kind !== 'message') continue;
      const { client_id: id, text } = body;
      if (places.has(id)) this.violated('doubled', `${id} at ${places.get(id)} and ${seq}`);
      const send = sends.get(id);
      if (send?.text !== text || send.fate.is === 'refused') {
        this.violated('foreign', `${id} at ${seq} says “${text}”`);
      }
      places.set(id, places.get(id) ?? seq);
    }
    return places;
  }

  #judgeSender(sender: Sender, places: Map<string, Seq>): void {
    let before = 0;
    for (const [id, { fate }] of sender.sends) {
      const seq = places.get(id);
      if (fate.is === 'ok' && seq === undefined) {
        this.violated('lost', `${id}, acknowledged at ${fate.seq}`);
      }
      if (seq === undefined) continue;
      if (fate.is === 'ok' && fate.seq !== seq) {
        this.violated('reordered', `${id}, acknowledged at ${fate.seq}, is at ${seq}`);
      }
      if (seq < before) this.violated('reordered', `${id} at ${seq} comes before an earlier one`);
      before = Math.max(before, seq);
    }
  }
}

/** Everything an event says, in one order of its fields. */
function contentOf(event: Event): string {
  const { seq, at, author, body, chain } = event;
  const fields = Object.entries({ ...body, ...author, seq, at, chain });
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How often each thing is wrong. */
export function countViolations(violations: Violation[]): Record<Violation['is'], number> {
  const kinds = Object.keys(VIOLATIONS) as Violation['is'][];
  const count = (kind: Violation['is']) => violations.filter(({ is }) => is === kind).length;
  return Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as ReturnType<
    typeof countViolations
  >;
}
