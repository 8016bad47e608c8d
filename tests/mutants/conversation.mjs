// Mistakes in the rules of a conversation and in its store.

const rules = 'src/conversation/mod.rs';
const join = 'src/conversation/join.rs';
const store = 'src/store/conversation.rs';
const ids = 'src/conversation/ids.rs';
const first = 'tests/conversation.rs';
const remembered = 'tests/ids.rs';

export const CONVERSATION = [
  {
    name: 'failed-write-is-acknowledged',
    breaks: 'D1',
    first,
    edits: [
      {
        file: store,
        find: 'self.store(now, &effects)?;',
        replace: 'let _ = self.store(now, &effects);',
      },
    ],
  },
  {
    name: 'half-a-turn-stays',
    breaks: 'D5',
    first,
    edits: [
      {
        file: store,
        find: '_ => self.0.atomically(|| self.apply(now, effects)),',
        replace: '_ => self.apply(now, effects),',
      },
    ],
  },
  {
    name: 'no-deduplication',
    breaks: 'D2',
    first,
    quick: true,
    edits: [
      { file: rules, find: 'client_id, log)? {', replace: 'client_id, log)?.filter(|_| false) {' },
    ],
  },
  {
    name: 'deduplication-in-memory-only',
    breaks: 'D2',
    first,
    edits: [
      {
        file: rules,
        find: 'if self.is_empty() { Ids::default() } else { log.ids()? }',
        replace: 'if log.read(Seq(0)).is_ok() { Ids::default() } else { log.ids()? }',
      },
    ],
  },
  {
    name: 'a-digest-is-proof',
    breaks: 'D2',
    first: remembered,
    edits: [
      {
        file: rules,
        find: '|event| event.is_message_of(author, id)',
        replace: '|event| event.seq > Seq(0)',
      },
    ],
  },
  {
    name: 'a-page-begins-one-late',
    breaks: 'D2',
    first: remembered,
    edits: [
      { file: ids, find: 'first: self.open.next(),', replace: 'first: self.open.next().next(),' },
    ],
  },
  {
    name: 'ids-are-of-everybody',
    breaks: 'D2',
    first,
    edits: [
      { file: ids, find: 'hash.author(author);', replace: 'let _ = author;' },
      {
        file: 'src/protocol/event.rs',
        find: 'same && self.body.client_id()',
        replace: '(same || !same) && self.body.client_id()',
      },
    ],
  },
  {
    name: 'other-text-is-acknowledged',
    breaks: 'D2',
    first,
    edits: [
      {
        file: rules,
        find: 'Body::Message { text, .. } => !sent.file && *text == sent.text,',
        replace: 'Body::Message { .. } => !sent.file,',
      },
    ],
  },
  {
    name: 'seq-from-the-clock',
    breaks: 'D3',
    first,
    edits: [
      {
        file: rules,
        find: 'let seq = self.tail.seq.next();',
        replace: 'let seq = self.tail.seq.next().max(Seq((at.0 / 1_000 % 1_000_000) as u32));',
      },
    ],
  },
  {
    name: 'repeat-burns-a-seq',
    breaks: 'D3',
    first,
    edits: [
      {
        file: rules,
        find: 'return Ok(vec![answer_again(',
        replace: 'self.tail.seq = self.tail.seq.next();\n            return Ok(vec![answer_again(',
      },
    ],
  },
  {
    name: 'resume-leaves-one-out',
    breaks: 'D4',
    first,
    edits: [{ file: store, find: 'WHERE seq > ? ORDER BY', replace: 'WHERE seq > ? + 1 ORDER BY' }],
  },
  {
    name: 'resume-doubles-one',
    breaks: 'D4',
    first,
    quick: true,
    edits: [{ file: store, find: 'WHERE seq > ? ORDER BY', replace: 'WHERE seq >= ? ORDER BY' }],
  },
  {
    name: 'first-batch-is-the-last',
    breaks: 'D4',
    first,
    edits: [
      {
        file: join,
        find: '|event| event.seq) >= self.tail.seq;',
        replace: '|event| event.seq) >= after;',
      },
    ],
  },
  {
    name: 'epoch-is-not-compared',
    breaks: 'D4',
    first,
    edits: [
      {
        file: join,
        find: '|| held.epoch.as_ref() != Some(&self.head.epoch)',
        replace: '|| held.epoch.is_none()',
      },
    ],
  },
  {
    name: 'chain-is-not-compared',
    breaks: 'D4',
    first,
    edits: [
      {
        file: join,
        find: 'Ok(chain.is_some() && held.chain == chain)',
        replace: 'Ok(chain.is_some() || held.chain.is_some())',
      },
    ],
  },
  {
    name: 'chain-leaves-the-text-out',
    breaks: 'D4',
    first,
    edits: [
      {
        file: 'src/conversation/chain.rs',
        find: 'hash.text(text);\n        }\n        Body::File',
        replace: '}\n        Body::File',
      },
    ],
  },
  {
    name: 'hello-need-not-be-first',
    breaks: 'D4',
    first,
    edits: [
      {
        file: rules,
        find: 'if from.stage == Stage::New && !matches!',
        replace: 'if from.stage == Stage::Ended && !matches!',
      },
    ],
  },
  {
    name: 'stale-generation-counts',
    breaks: 'D10',
    first,
    edits: [
      {
        file: 'src/conversation/told.rs',
        find: 'generation <= self.head.generation\n',
        replace: 'generation == self.head.generation\n',
      },
    ],
  },
  {
    name: 'tell-is-not-stored',
    breaks: 'D10',
    first,
    edits: [
      {
        file: store,
        find: 'Effect::Tell(tell) => self.mail().put(now, ROUTER, None, tell)?,',
        replace: 'Effect::Tell(_) => {}',
      },
    ],
  },
];
