// Words about who visitors are, in English; a part of `en`.

export const enIdentity = {
  verified: 'Verified',
  verifiedHint: 'Your site’s server has said who this is.',
  notVerified: 'Not verified',
  visitorId: 'Your id of them',

  identity: 'Identity',
  identityLead:
    'Your server can say who a visitor is: you see the name, they find their chat on any device.',
  signingHeading: 'How your server signs',
  signing: 'Secret of your server',
  signing_off: 'There is no secret yet, and visitors have no names.',
  signing_hs256: 'Your server signs tokens with the secret, by HS256.',
  signing_es256: 'Your server signs tokens with its own key, by ES256. Here is its public half.',
  signing_eddsa: 'Your server signs tokens with its own key, by EdDSA. Here is its public half.',
  signingHow: 'docs/embed.md shows how, for Node, Python, PHP, Go and Rust.',
  newSecret: 'Make a secret',
  anotherSecret: 'Make a new secret',
  secretOnce: 'Copy it to your server now: it is not shown again. It never belongs into a page.',
  oldSecretCounts: 'The secret before still counts, so that your server has time to change.',
  endOldSecret: 'End the old secret',
  oldSecretEnded: 'The old secret counts no longer.',
  ownKey: 'Sign with a key of your own instead',
  publicKey: 'Public key',
  publicKeyHint: 'PEM of a key on P-256 or Ed25519. Secrets count no longer then.',
  useKey: 'Use this key',
  requireNames: 'Refuse visitors who are not verified',
  requireHint:
    'Then only named visitors can write. Who is here now still can, for an hour at most.',
  identityOff: 'Take no names',
  identityOffHint: 'Every secret made so far becomes worthless.',
  identityOffSure: 'Visitors will have no names, and secrets made so far never count again.',
};
