// Words about who visitors are, in English; a part of `en`.

export const enIdentity = {
  verified: 'Verified',
  verifiedHint: 'Your site’s server has said who this is.',
  notVerified: 'Not verified',
  visitorId: 'Your id of them',

  identity: 'Identity',
  identityLead:
    'Your server can say who a visitor is: you see the name, they find their chat on any device.',
  signing: 'Secret of your server',
  signingOff: 'There is no secret yet, and visitors have no names.',
  signingOn: 'Your server signs tokens with the secret, by HS256.',
  signingHow: 'docs/embed.md shows how, for Node, Python, PHP, Go and Rust.',
  newSecret: 'Make a secret',
  anotherSecret: 'Make a new secret',
  secretOnce: 'Copy it to your server now: it is not shown again. It never belongs into a page.',
  oldSecretCounts: 'The secret before still counts, so that your server has time to change.',
  endOldSecret: 'End the old secret',
  oldSecretEnded: 'The old secret counts no longer.',
  requireNames: 'Refuse visitors who are not verified',
  requireHint: 'Then nobody can write whom your server has not named. Open connections stay.',
  identityOff: 'Take no names',
  identityOffHint: 'Every secret made so far becomes worthless.',
  identityOffSure: 'Visitors will have no names, and secrets made so far never count again.',
};
