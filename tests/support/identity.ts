// What a site's server does: it names its users in tokens, with nothing of the product's own code.

import { createHmac, type KeyObject, sign } from 'node:crypto';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Seconds since 1970, as tokens have them. */
export const seconds = () => Math.floor(Date.now() / 1_000);

export type Claims = Record<string, unknown>;

function unsigned(sub: string, changes: Claims, header: object): string {
  const now = seconds();
  const claims = { sub, aud: 'demo', iat: now, exp: now + 3_600, ...changes };
  return `${encode({ typ: 'JWT', ...header })}.${encode(claims)}`;
}

/** A token of the demo site for this person; `changes` replace claims, or take them away. */
export function token(secret: string, sub: string, changes: Claims = {}, header = {}): string {
  const input = unsigned(sub, changes, { alg: 'HS256', ...header });
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The same, signed with a private key. */
export function keyToken(alg: 'ES256' | 'EdDSA', key: KeyObject, sub: string): string {
  const input = unsigned(sub, {}, { alg });
  const hash = alg === 'ES256' ? 'sha256' : null;
  const tag = sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${tag.toString('base64url')}`;
}
