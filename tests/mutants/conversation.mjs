// Mistakes in the rules of a conversation and in its store.

const rules = 'src/conversation/mod.rs';
const join = 'src/conversation/join.rs';
const store = 'src/store/conversation.rs';
const schema = 'src/store/conversation.sql';
const first = 'tests/conversation.rs';

const UNIQUE = 'CREATE UNIQUE INDEX event_client_id ON event(client_id, role, agent)';
const PLAIN = 'CREATE INDEX event_client_id ON event(client_id, role, agent)';

export const CONVERSATION = [
  {
    name: 'failed-write-is-acknowledged',
    breaks: 'D1',
    first,
    edits: [
      {
        file: store,
        find: 'Err(error) => Err(error),\n        }\n    }\n\n    /// One turn for a delivery',
        replace: 'Err(_) => Ok(effects),\n        }\n    }\n\n    /// One turn for a delivery',
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
        find: '_ => self.0.atomically(|| self.apply(effects)),',
        replace: '_ => self.apply(effects),',
      },
    ],
  },
  {
    name: 'no-deduplication',
    breaks: 'D2',
    first,
    quick: true,
    edits: [{ file: schema, find: UNIQUE, replace: PLAIN }],
  },
  {
    name: 'deduplication-in-memory-only',
    breaks: 'D2',
    first,
    edits: [
      { file: schema, find: UNIQUE, replace: PLAIN },
      {
        file: rules,
        find: '    head: Head,\n    tail: Tail,\n}',
        replace: '    head: Head,\n    tail: Tail,\n    known: Vec<Event>,\n}',
      },
      {
        file: rules,
        find: 'Head::new(fresh)), tail }',
        replace: 'Head::new(fresh)), tail, known: Vec::new() }',
      },
      {
        file: rules,
        find: 'let mut effects = Vec::with_capacity(4);\n        let woken',
        replace: `let is_it = |known: &&Event| known.author == author && matches!(&known.body,
            Body::Message { client_id: id, .. } if *id == client_id);
        if let Some(known) = self.known.iter().find(is_it) {
            return Ok(vec![answer_again(from, client_id, &text, known)]);
        }
        let mut effects = Vec::with_capacity(4);
        let woken`,
      },
      {
        file: rules,
        find: 'let ack = ServerFrame::Ack {',
        replace: 'self.known.push(event.clone());\n        let ack = ServerFrame::Ack {',
      },
    ],
  },
  {
    name: 'ids-are-of-everybody',
    breaks: 'D2',
    first,
    edits: [{ file: schema, find: 'event(client_id, role, agent)', replace: 'event(client_id)' }],
  },
  {
    name: 'other-text-is-acknowledged',
    breaks: 'D2',
    first,
    edits: [
      { file: rules, find: 'if first == text =>', replace: 'if first != "" || text != "" =>' },
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
        file: store,
        find: '*machine = Conversation::restore(id, head, tail, epoch);',
        replace: 'let _ = Conversation::restore(id, head, tail, epoch);',
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
    edits: [{ file: 'src/conversation/chain.rs', find: 'hash.text(text);', replace: '' }],
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
        find: 'if generation <= self.head.generation {',
        replace: 'if generation == self.head.generation {',
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
        find: 'Effect::Tell(tell) => self.mail().put(ROUTER, None, tell)?,',
        replace: 'Effect::Tell(_) => {}',
      },
    ],
  },
];
