// Visitors whom a site's server has named: docs/protocol.md, I. The tests tell one story.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { IdentityChange, IdentityChanged } from '../../client/frames.ts';
import { type Claims, keyToken, seconds, token } from '../support/identity.ts';
import {
  Agent,
  entry,
  events,
  heard,
  Line,
  open,
  post,
  SHOP,
  say,
  texts,
  until,
  Visitor,
} from '../support/live.ts';
import { serve } from '../support/worker.ts';

let owner: Agent;
let secret = '';
const worker = serve(async () => {
  owner = await Agent.signIn(worker.url, 'owner@example.com');
});

function ask(change: IdentityChange | object, by = owner.cookie, headers = {}): Promise<Response> {
  return post(worker.url, '/api/identity', change, { cookie: by, ...headers });
}

async function change(asked: IdentityChange): Promise<IdentityChanged> {
  const answer = await ask(asked);
  assert.equal(answer.status, 200);
  return answer.json();
}

const stateFor = (cookie: string) => fetch(`${worker.url}/api/identity`, { headers: { cookie } });

/** A browser in which this person has signed in to the site; a known one goes on. */
function person(sub: string, more: Claims = {}, own?: string): Visitor {
  const visitor = new Visitor(worker.url, own);
  visitor.token = token(secret, sub, more);
  return visitor;
}

/** What T1 answers to a token. */
async function answerTo(jwt: string | null | object): Promise<[number, string]> {
  const body = { site: 'demo', secret: new Visitor(worker.url).secret, token: jwt };
  const answer = await post(worker.url, '/api/visitors', body, { origin: SHOP });
  return [answer.status, (await answer.json()).code];
}

test('A owners and admins read and change how visitors prove who they are', async () => {
  const agent = await owner.hire('ina@example.com');
  assert.equal((await stateFor('')).status, 401);
  assert.equal((await stateFor(agent.cookie)).status, 403);
  assert.equal((await ask({ do: 'new_secret' }, agent.cookie)).status, 403);
  assert.equal((await ask({ do: 'new_secret' }, owner.cookie, { origin: SHOP })).status, 403);
  for (const fault of [{}, { do: 'magic' }, { do: 'off', more: 1 }, ['off']]) {
    assert.equal((await ask(fault)).status, 400, JSON.stringify(fault));
  }
  const off = { method: 'off', old_secret: false, required: false };
  assert.deepEqual(await (await stateFor(owner.cookie)).json(), off);
  assert.deepEqual(await answerTo(token('any', '42')), [401, 'identity_invalid']);
  assert.equal((await ask({ do: 'require' })).status, 400, 'nobody could come');
  const made = await change({ do: 'new_secret' });
  secret = made.secret ?? '';
  assert.match(secret, /^[\w-]{43}$/);
  const on = { ...off, method: 'hs256' };
  assert.deepEqual([made.state, await (await stateFor(owner.cookie)).json()], [on, on]);
});

test('I1, I2 a token that does not count is refused, and says why', async () => {
  const refused = async (jwt: string | object, code = 'identity_invalid') => {
    assert.deepEqual(await answerTo(jwt), [401, code], JSON.stringify(jwt));
  };
  const good = token(secret, '42');
  const now = seconds();
  await refused(token(secret, '42', { iat: now - 3_600, exp: now - 1 }), 'identity_expired');
  await refused(token(secret, '42', { exp: now + 3_700 }));
  await refused(token(secret, '42', { aud: 'other' }));
  await refused(token(secret, '42', { iat: undefined }));
  await refused(token(secret, ''));
  await refused(token(`${secret}x`, '42'));
  await refused(token(secret, '42', {}, { alg: 'none' }));
  await refused(`${good.slice(0, good.lastIndexOf('.'))}.`);
  await refused(good.slice(0, -2));
  await refused('');
  for (const odd of [{}, [good], 7, true]) {
    assert.deepEqual(await answerTo(odd), [400, 'bad_request'], JSON.stringify(odd));
  }
  assert.deepEqual(await answerTo(good), [200, undefined]);
  assert.deepEqual(await answerTo(null), [200, undefined], 'the same as none');
});

test('I3, I4, I6 who signs in takes the chat along, and it is theirs alone', async () => {
  const desk = await owner.desk(false);
  const phone = new Visitor(worker.url);
  const before = await phone.tab();
  const early = (await phone.ticket()).ticket.token;
  await say(before, 'm1', 'Before I signed in');
  const ada = person('ada', { name: 'Ada <b>', email: 'ada@shop.example' }, phone.secret);
  const tab = await ada.tab();
  assert.equal(ada.conversation, phone.conversation);
  assert.deepEqual(texts(events(tab)), ['Before I signed in']);
  const closed = await before.closed;
  assert.equal(closed.code, 4410);
  assert.match(closed.reason, /^\d+-\d+$/, 'it may come back');
  const shown = await until('the person at the desk', () => {
    return entry(desk, ada.conversation)?.person;
  });
  assert.deepEqual(shown, { id: 'ada', name: 'Ada <b>', email: 'ada@shop.example' });
  // A token made before, by the secret alone, opens nothing any more; nor does it over polling.
  const late = new Line(await open(`${worker.url}/ws/conversation`, early, SHOP));
  late.sendRaw(JSON.stringify({ t: 'hello', after: 0 }));
  assert.equal((await late.closed).code, 4410);
  const frames = [JSON.stringify({ t: 'hello', after: 0 })];
  const headers = { origin: SHOP, authorization: `Bearer ${early}` };
  const polled = await (await post(worker.url, '/api/poll', { frames }, headers)).json();
  assert.deepEqual([polled.close?.code, polled.frames], [4410, []]);
  // A form sent with it is refused, so that nobody believes it stored.
  const nothing = { text: '', others: {} };
  const ask = { id: 'q', kind: 'text', required: true, label: nothing, choices: [] };
  const form = { fields: [ask], consent: nothing };
  const widget = { color: '', greeting: '', before: form, away: form };
  const set = await post(worker.url, '/api/widget', widget, { cookie: owner.cookie });
  assert.equal(set.status, 200);
  const filled = { client_id: 'f1', form: 'before', answers: { q: 'Who am I?' } };
  const refused = await post(worker.url, '/api/forms', filled, headers);
  assert.deepEqual([refused.status, (await refused.json()).code], [403, 'forbidden']);
  // Another browser of the same person has the history, and both hear what is new.
  const laptop = await person('ada').tab();
  assert.deepEqual(texts(events(laptop)), ['Before I signed in']);
  await say(laptop, 'm2', 'From my laptop');
  await heard(tab, 'From my laptop');
  // The secret without a token, and another account in the same browser, are somebody else.
  const after = await phone.tab();
  assert.notEqual(phone.conversation, ada.conversation);
  assert.deepEqual(events(after), []);
  const bob = await person('bob', {}, phone.secret).tab();
  assert.deepEqual(events(bob), []);
  await say(bob, 'm1', 'I am Bob');
  assert.equal((await after.closed).code, 4410);
  await Promise.all([desk, tab, laptop, bob].map((line) => line.end()));
});

test('I1 the largest person there can be finds room in tokens, sockets and rows', async () => {
  const wide = (characters: number) => '🦊'.repeat(characters);
  const more = { name: wide(90), email: `${wide(250)}@shop.example` };
  const tab = await person(wide(128), more).line();
  const context = { locale: 'en', page: `https://shop.example/${'ü'.repeat(1_000)}` };
  tab.send({ t: 'hello', after: 0, context });
  await tab.kind('batch');
  await say(tab, 'm1', 'I am large');
  const again = person(wide(128), more);
  const other = await again.tab();
  assert.deepEqual(texts(events(other)), ['I am large']);
  const desk = await owner.desk(false);
  const shown = await until('them at the desk', () => entry(desk, again.conversation)?.person);
  const lengths = [shown.id, shown.name, shown.email].map((text) => [...(text ?? '')].length);
  assert.deepEqual(lengths, [128, 80, 254]);
  await Promise.all([tab, other, desk].map((line) => line.end()));
});

test('I2 an old secret counts until it is ended', async () => {
  const old = secret;
  const made = await change({ do: 'new_secret' });
  secret = made.secret ?? '';
  assert.equal(made.state.old_secret, true);
  for (const one of [old, secret]) {
    assert.deepEqual(await answerTo(token(one, 'ada')), [200, undefined]);
  }
  await change({ do: 'end_old_secret' });
  assert.deepEqual(await answerTo(token(old, 'ada')), [401, 'identity_invalid']);
  assert.deepEqual(await answerTo(token(secret, 'ada')), [200, undefined]);
});

test('I1 a site may sign with a key of its own, and by nothing else then', async () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const before = token(secret, 'ada');
  for (const [alg, method, mine, foreign] of [
    ['ES256', 'es256', ec, generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['EdDSA', 'eddsa', ed, generateKeyPairSync('ed25519')],
  ] as const) {
    const key = String(mine.publicKey.export({ type: 'spki', format: 'pem' }));
    const { state } = await change({ do: 'public_key', key });
    assert.equal(state.method, method);
    const good = keyToken(alg, mine.privateKey, 'ada');
    assert.deepEqual(await answerTo(good), [200, undefined], alg);
    const signature = good.lastIndexOf('.') + 1;
    const claims = Buffer.from(JSON.stringify({ sub: 'eve', aud: 'demo' })).toString('base64url');
    for (const bad of [
      before,
      keyToken(alg, foreign.privateKey, 'ada'),
      keyToken(alg === 'ES256' ? 'EdDSA' : 'ES256', (alg === 'ES256' ? ed : ec).privateKey, 'ada'),
      good.replace(/\..*\./, `.${claims}.`),
      good.slice(0, signature),
      `${good.slice(0, signature)}${'A'.repeat(86)}`,
      // The public key is public, and no secret (the classic confusion of algorithms).
      token(key, 'ada'),
      token(key, 'ada', {}, { alg }),
    ]) {
      assert.deepEqual(await answerTo(bad), [401, 'identity_invalid'], bad);
    }
  }
  const made = await change({ do: 'new_secret' });
  secret = made.secret ?? '';
  assert.deepEqual(await answerTo(token(secret, 'ada')), [200, undefined]);
});

test('I5 where it is required, nobody writes without a name', async () => {
  assert.equal((await change({ do: 'require' })).state.required, true);
  assert.deepEqual(await answerTo(null), [403, 'identity_required']);
  assert.deepEqual(await answerTo(token('guess', 'ada')), [401, 'identity_invalid']);
  const tab = await person('ada').tab();
  await say(tab, 'm9', 'Let me in');
  await tab.end();
  await change({ do: 'off' });
  assert.deepEqual(await answerTo(null), [200, undefined]);
});

test('the stored data hold no secret and no token', () => {
  const files = readdirSync(worker.state, { recursive: true, encoding: 'utf8' });
  const kept = files.filter((file) => /\.sqlite(-wal)?$/.test(file));
  const data = Buffer.concat(kept.map((file) => readFileSync(join(worker.state, file))));
  assert.ok(data.includes('ada@shop.example'), 'these are the files');
  assert.ok(!data.includes(secret) && !data.includes(Buffer.from(secret, 'base64url')));
  assert.ok(!data.includes('eyJhbGciOi'), 'the beginning of every token');
});
