/** Who the visitor is: a secret this browser keeps, shown to the worker for each ticket (T1). */
import { TicketRefused } from '../client/connection.ts';
import { recall } from '../client/database.ts';
import type { ApiError, VisitorWelcome } from '../client/frames.ts';
import { randomId } from '../client/ids.ts';
import { keep, marks, read } from './marks.ts';
import type { Config } from './types.ts';

/**
 * The kept secret, or a new one; a page without storage is a new visitor each time. It is in two
 * places: the local storage of a browser that is killed may lack what was written seconds before.
 */
export async function secretOf(site: string): Promise<string> {
  const key = marks.secret(site);
  const held = read(key);
  const offered = held && /^[\w-]{43}$/.test(held) ? held : randomId(32);
  const stored = await recall(key, offered);
  if (!keep(key, stored ?? offered) && stored === null) {
    console.warn('Edgewise: no storage here, so the conversation ends with this page.');
  }
  return stored ?? offered;
}

export async function greet({ site, origin }: Config, secret: string): Promise<VisitorWelcome> {
  const answer = await fetch(`${origin}/api/visitors`, {
    method: 'POST',
    body: JSON.stringify({ site, secret }),
    headers: { 'content-type': 'application/json' },
  });
  if (answer.ok) return answer.json();
  if (answer.status >= 500 || answer.status === 429) throw new Error(`status ${answer.status}`);
  const { code }: ApiError = await answer.json();
  console.warn(
    `Edgewise: ${code} for ${location.origin} at the site "${site}".`,
    'Is it among the allowed origins of the site?',
  );
  throw new TicketRefused(code);
}
