// Mistakes in who a visitor is, and in whom a person's conversation lets in.

const person = 'src/conversation/person.rs';
const visit = 'src/site/visit.rs';
const tokens = 'src/auth/identity.rs';
const first = 'tests/identity.rs';

export const IDENTITY = [
  {
    name: 'a-secret-opens-a-persons-conversation',
    breaks: 'I4',
    first,
    edits: [
      {
        file: person,
        find: '(Some(_), Holder::Visitor) => false',
        replace: '(Some(_), Holder::Visitor) => true',
      },
    ],
  },
  {
    name: 'who-was-there-before-the-person-stays',
    breaks: 'I4',
    first,
    edits: [{ file: person, find: 'if self.head.person.is_none() {', replace: 'if false {' }],
  },
  {
    name: 'a-browser-keeps-what-it-gave-away',
    breaks: 'I3',
    first,
    edits: [
      {
        file: visit,
        find: 'records.put_given(first, count.saturating_add(1))?;',
        replace: '',
      },
    ],
  },
  {
    name: 'an-ended-secret-comes-back',
    breaks: 'I2',
    first,
    edits: [
      {
        file: 'src/site/identity.rs',
        find: 'let number = identity.last.saturating_add(1);',
        replace: 'let number = 1 + u32::from(identity.last == 1);',
      },
    ],
  },
  {
    name: 'a-token-of-another-site-counts',
    breaks: 'I1',
    first,
    edits: [
      {
        file: tokens,
        find: 'if !claims.aud.0.iter().any(|one| one == site.as_str()) {',
        replace: 'if claims.aud.0.is_empty() {',
      },
    ],
  },
  {
    name: 'the-token-chooses-its-algorithm',
    breaks: 'I1',
    first,
    edits: [
      {
        file: tokens,
        find: 'if header.alg != algorithm || header.crit.is_some() {',
        replace: 'if header.alg.is_empty() {',
      },
    ],
  },
];
