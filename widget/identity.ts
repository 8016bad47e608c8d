/**
 * The visitor as the site's own server names them: loaded when the page hands over a token. What
 * this browser keeps of one person it never shows to, or sends as, another.
 */
import { Backoff } from '../client/backoff.ts';
import { TicketRefused } from '../client/connection.ts';
import { ENTRIES, ended, openDatabase } from '../client/database.ts';
import * as marks from './marks.ts';
import type { Teller } from './said.ts';
import type { Config } from './types.ts';
import { secretOf } from './visitor.ts';
import { wipe } from './wipe.ts';

/** The last call of `become`: nothing is compared before it has ended. */
let becoming: Promise<unknown> | undefined;
/** Ends the pause after a try of it that has failed. */
let wake: () => void = () => {};

/**
 * Makes the token's person the visitor of this browser, and answers with its secret. Whoever was
 * named before is forgotten first; what was written before anybody was named goes along. It tries
 * until the page can say who it is: its server or the network may be gone for a while.
 */
export function become(config: Config): Promise<string> {
  const secret = insist(config);
  becoming = secret;
  return secret;
}

async function insist(config: Config): Promise<string> {
  const backoff = new Backoff();
  const forgotten = new AbortController();
  const { signal } = forgotten;
  const forget = () => forgotten.abort();
  addEventListener('edgewise:shutdown', forget, { signal });
  const key = marks.secret(config.site);
  addEventListener('storage', (event) => event.key === key && !event.newValue && forget(), {
    signal,
  });
  while (!signal.aborted) {
    try {
      const secret = await change(config);
      forget();
      return secret;
    } catch (error) {
      console.warn('Edgewise: who the visitor is could not be asked.', error);
    }
    await new Promise<void>((done) => {
      wake = done;
      addEventListener('online', () => done(), { once: true });
      setTimeout(done, backoff.next(Date.now()));
    });
  }
  // Its panel is gone as well.
  return new Promise(() => {});
}

async function change(config: Config): Promise<string> {
  const { site } = config;
  const mark = marks.person(site);
  const before = marks.read(mark) || undefined;
  const person = personOf(await tokenOf(config));
  config.person = person;
  config.proof = () => prove(config, person);
  // What is no token names nobody: the worker says what is wrong with it, nothing is forgotten.
  if (person === undefined) return secretOf(site);
  if (before && before !== person) await wipe(site);
  const secret = await secretOf(site);
  if (person && !before) await move(threadOf(site, secret.slice(0, 16)), threadOf(site, person));
  marks.keep(mark, person || null);
  return secret;
}

/**
 * The page may have said something new: `again` opens the chat once more when the visitor is
 * another one, or when the worker had refused the token before.
 */
export async function heed(
  config: Config,
  { acts, again }: Teller,
  forget: () => void,
): Promise<void> {
  wake();
  await becoming;
  const { site, person = '' } = config;
  const token = await tokenOf(config);
  const next = personOf(token);
  if (next === person && acts.state().chat?.connection.is !== 'stopped') return;
  // Whatever is on its way into the outbox has a name there, and goes along or is forgotten by it.
  await acts.talk.stop();
  if (person && next !== person) {
    forget();
    // What one person has typed is not the next one's.
    const field = acts.box.querySelector('textarea');
    if (field) field.value = '';
    field?.dispatchEvent(new Event('input'));
  }
  if (!token) {
    if (person) await wipe(site);
    config.person = config.proof = undefined;
  }
  again();
}

/** The token for one more ticket. */
async function prove(config: Config, person?: string): Promise<string | undefined> {
  const token = await tokenOf(config);
  if (personOf(token) === person) return token;
  // Nothing of the one may go out as the other.
  console.warn('Edgewise: the token names somebody else. Call identify for the new visitor.');
  const code = 'identity_invalid';
  dispatchEvent(new CustomEvent('edgewise:error', { detail: { code } }));
  throw new TicketRefused(code);
}

async function tokenOf({ token }: Config): Promise<string | undefined> {
  if (typeof token !== 'function') return token || undefined;
  const given = (await token()) || undefined;
  // The page of an error in its place, which passes: nobody is forgotten or refused for it.
  if (personOf(given) === undefined) throw new Error('what the page gave as a token is none');
  return given;
}

/**
 * Names a person in this browser's storage, where the site's own id of them has no business. Empty
 * for nobody, undefined for what is no token.
 */
function personOf(token: string | undefined): string | undefined {
  if (!token) return '';
  try {
    const [, claims = ''] = token.split('.');
    const { sub } = JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/')));
    return sub === undefined ? sub : hash(String(sub));
  } catch {
    return undefined;
  }
}

/** 53 bits that a page without HTTPS can have, too (cyrb53, which is in the public domain). */
function hash(text: string): string {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2654435761);
    two = Math.imul(two ^ unit, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return (2 ** 32 * (2097151 & two) + (one >>> 0)).toString(36);
}

const threadOf = (site: string, name: string) => `visitor/${site}/${name}`;

/** What waits to be sent waits under another name from now on, in the same order. */
async function move(from: string, to: string): Promise<void> {
  try {
    const db = await openDatabase();
    const transaction = db.transaction(ENTRIES, 'readwrite', { durability: 'strict' });
    const rows = transaction.objectStore(ENTRIES).index('thread').openCursor(from);
    rows.onsuccess = () => {
      const cursor = rows.result;
      if (!cursor) return;
      cursor.update({ ...cursor.value, thread: to });
      cursor.continue();
    };
    await ended(transaction);
    db.close();
  } catch {
    // A browser that refuses storage keeps nothing that could be moved.
  }
}
