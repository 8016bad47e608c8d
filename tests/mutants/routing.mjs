// Mistakes in who gets whom (docs/routing.md, R1 to R18).

const explore = 'tests/explore.rs';
const rules = 'tests/desk_rules.rs';

export const ROUTING = [
  {
    name: 'one-more-than-fits',
    breaks: 'R2',
    first: explore,
    edits: [
      {
        file: 'src/routing/choice.rs',
        find: 'if self.index.load(id) >= agent.capacity {',
        replace: 'if self.index.load(id) > agent.capacity {',
      },
    ],
  },
  {
    name: 'offer-to-who-is-gone-stands',
    breaks: 'R3',
    first: explore,
    edits: [
      {
        file: 'src/routing/presence.rs',
        find: 'self.withdraw_offers(now, &id, Because::AgentGone);',
        replace: '',
      },
    ],
  },
  {
    name: 'last-in-line-first',
    breaks: 'R5',
    first: explore,
    edits: [
      {
        file: 'src/routing/settle.rs',
        find: '.is_some_and(|(rank, ..)| *rank < first.first)',
        replace: '.is_some_and(|(rank, ..)| *rank > first.first)',
      },
    ],
  },
  {
    name: 'priority-is-a-class',
    breaks: 'R9',
    first: rules,
    edits: [
      {
        file: 'src/routing/index.rs',
        find: 'worth.0.saturating_mul(i64::from(priority))',
        replace: 'worth.0.saturating_mul(i64::from(priority) * 1_000_000)',
      },
    ],
  },
  {
    name: 'notes-never-end',
    breaks: 'R15',
    first: explore,
    edits: [
      {
        file: 'src/routing/settle.rs',
        find: '(Some(Ends::WrapUp), Some(id), _) => self.end_wrap_up(&id),',
        replace: '(Some(Ends::WrapUp), Some(_), _) => {}',
      },
    ],
  },
  {
    name: 'late-answer-wins',
    breaks: 'R12',
    first: explore,
    edits: [
      {
        file: 'src/routing/offer.rs',
        find: 'offer.agent == *by && offer.until > now',
        replace: 'offer.until > now',
      },
    ],
  },
  {
    name: 'who-returns-is-one-too-many',
    breaks: 'R2',
    first: explore,
    edits: [
      {
        file: 'src/routing/idle.rs',
        find: 'let fits = self.load(id) < agent.capacity',
        replace: 'let fits = self.load(id) <= agent.capacity',
      },
    ],
  },
  {
    name: 'who-waits-for-the-agent-is-silent',
    breaks: 'L5',
    first: 'tests/idle.rs',
    edits: [
      {
        file: 'src/conversation/idle.rs',
        find: '(Author::Agent(_), _) => Some(Self::Answered),',
        replace: '(Author::Agent(_) | Author::Visitor, _) => Some(Self::Answered),',
      },
    ],
  },
];
