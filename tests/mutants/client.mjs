// Mistakes in the browser's side.

const thread = 'client/thread.ts';
const first = 'client/thread.test.ts';

export const CLIENT = [
  {
    name: 'outbox-is-dropped-with-the-connection',
    breaks: 'D6',
    first,
    quick: true,
    edits: [
      {
        file: thread,
        find: 'live: false, typing: [], pending: queueAgain(thread.pending) }',
        replace: 'live: false, typing: [], pending: [] }',
      },
    ],
  },
  {
    name: 'nothing-is-sent-again',
    breaks: 'D1',
    first,
    edits: [
      {
        file: thread,
        find: 'live: true, pending: queueAgain(after.pending) }',
        replace: 'live: true }',
      },
      {
        file: thread,
        find: 'live: false, typing: [], pending: queueAgain(thread.pending) }',
        replace: 'live: false, typing: [] }',
      },
    ],
  },
  {
    name: 'reset-is-ignored',
    breaks: 'D4',
    first,
    edits: [
      {
        file: thread,
        find: 'return reset ? { ...base, events: [], lastSeq: 0 } : base;',
        replace: 'return reset ? { ...base } : base;',
      },
    ],
  },
  {
    name: 'reset-drops-the-outbox',
    breaks: 'D4',
    first,
    edits: [
      {
        file: thread,
        find: 'return reset ? { ...base, events: [], lastSeq: 0 } : base;',
        replace: 'return reset ? { ...base, events: [], lastSeq: 0, pending: [] } : base;',
      },
    ],
  },
  {
    name: 'gap-is-not-seen',
    breaks: 'D3',
    first,
    edits: [{ file: thread, find: 'if (event.seq > last + 1) {', replace: 'if (event.seq < 0) {' }],
  },
  {
    name: 'chain-is-not-said',
    breaks: 'D4',
    first,
    edits: [{ file: thread, find: 'frame.chain = last.chain;', replace: '' }],
  },
  {
    name: 'shown-before-it-is-kept',
    breaks: 'D6',
    first: 'client/conversation.test.ts',
    edits: [
      {
        file: 'client/conversation.ts',
        find: "if (!(await this.#outbox.put(entry))) return 'outbox_full';",
        replace: 'void this.#outbox.put(entry);',
      },
    ],
  },
  {
    name: 'time-to-return-is-ignored',
    breaks: 'D7',
    first: 'client/connection.test.ts',
    edits: [
      {
        file: 'client/connection.ts',
        find: 'this.#backoff.order(Date.now(), reason);',
        replace: '',
      },
    ],
  },
  {
    name: 'silent-socket-is-believed',
    breaks: 'D8',
    first: 'client/connection.test.ts',
    edits: [
      {
        file: 'client/connection.ts',
        find: 'this.#answer ??= setTimeout(() => this.restart(), patience);',
        replace: 'this.#answer ??= setTimeout(() => {}, patience);',
      },
    ],
  },
  {
    name: 'missing-ack-is-waited-for',
    breaks: 'D1',
    first: 'client/conversation.test.ts',
    edits: [
      {
        file: 'client/conversation.ts',
        find: 'if (owed) this.#watchdog = setTimeout(() => this.#connection.restart(), ANSWER_MS);',
        replace: '',
      },
    ],
  },
  {
    name: 'blocked-sockets-are-not-polled',
    breaks: 'D9',
    first: 'client/connection.test.ts',
    edits: [
      {
        file: 'client/connection.ts',
        find: 'this.#polls = !!poll && this.#silent >= BLOCKED;',
        replace: 'this.#polls = false;',
      },
    ],
  },
  {
    name: 'failed-request-is-not-a-lost-session',
    breaks: 'D9',
    first: 'client/polling.test.ts',
    edits: [
      {
        file: 'client/polling.ts',
        find: "turn.catch(() => this.#end(LOST, ''));",
        replace: 'turn.catch(() => this.#wait());',
      },
    ],
  },
];
