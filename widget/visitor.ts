/** Who the visitor is: a secret this browser keeps, shown to the worker for each ticket (T1). */
import { TicketRefused } from '../client/connection.ts';
import { recall } from '../client/database.ts';
import {
  type ApiError,
  type Context,
  localeChars,
  pageChars,
  type VisitorWelcome,
} from '../client/frames.ts';
import { randomId } from '../client/ids.ts';
import * as marks from './marks.ts';
import type { Config } from './types.ts';

/**
 * The kept secret, or a new one; a page without storage is a new visitor each time. It is in two
 * places: the local storage of a browser that is killed may lack what was written seconds before.
 */
export async function secretOf(site: string): Promise<string> {
  const key = marks.secret(site);
  const held = marks.read(key);
  const offered = held && /^[\w-]{43}$/.test(held) ? held : randomId(32);
  const stored = await recall(key, offered);
  if (!marks.keep(key, stored ?? offered) && stored === null) {
    console.warn('Edgewise: no storage here.');
  }
  return stored ?? offered;
}

/** Asks for a ticket; a refusal is told to the page's owner, and to `refused`. */
export async function greet(
  { site, base, proof }: Config,
  secret: string,
  refused: (code: string) => void,
): Promise<VisitorWelcome> {
  const answer = await fetch(`${base}/api/visitors`, {
    method: 'POST',
    body: JSON.stringify({ site, secret, token: await proof?.() }),
    headers: { 'content-type': 'application/json' },
  });
  if (answer.ok) return answer.json();
  if (answer.status >= 500 || answer.status === 429) throw new Error(`status ${answer.status}`);
  const { code, message }: ApiError = await answer.json();
  console.warn(`Edgewise: ${code}. ${message}`);
  refused(code);
  throw new TicketRefused(code);
}

/** What agents see of where the visitor is, and whom the page asks for. */
export const contextOf = ({ department, agent }: Config): Context => ({
  locale: navigator.language.slice(0, localeChars),
  page: location.href.slice(0, pageChars),
  ...(department && { department }),
  ...(agent && { agent }),
});
