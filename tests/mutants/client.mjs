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
];
