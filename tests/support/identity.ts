// What a site's server does: it names its users in tokens, with nothing of the product's own code.

import { createHmac } from 'node:crypto';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Seconds since 1970, as tokens have them. */
export const seconds = () => Math.floor(Date.now() / 1_000);

export type Claims = Record<string, unknown>;

/** A token of the demo site for this person; `changes` replace claims, or take them away. */
export function token(secret: string, sub: string, changes: Claims = {}, header = {}): string {
  const now = seconds();
  const claims = { sub, aud: 'demo', iat: now, exp: now + 3_600, ...changes };
  const input = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
