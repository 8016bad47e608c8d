// Forms of the widget (docs/protocol.md, S12) over plain HTTP: who may send one, what is refused,
// and that the conversation keeps it once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lobby } from '../../client/frames.ts';
import { Agent, post, SHOP, until, Visitor } from '../support/live.ts';
import { serve } from '../support/worker.ts';

const worker = serve();

const phrase = (text: string) => ({ text, others: {} });
const NAME = { id: 'name', kind: 'name', required: true, label: phrase('Who?'), choices: [] };
const SETTINGS = {
  color: '',
  greeting: '',
  hide_team: false,
  before: { fields: [], consent: phrase('') },
  away: { fields: [NAME], consent: phrase('') },
};

const send = (token: string, changes = {}, origin = SHOP) => {
  const body = { client_id: 'f1', form: 'away', answers: { name: 'Vik' }, ...changes };
  return post(worker.url, '/api/forms', body, { origin, authorization: `Bearer ${token}` });
};

const fill = async (visitor: Visitor, changes = {}, origin = SHOP) =>
  send((await visitor.ticket()).ticket.token, changes, origin);

/** Status, code and field of an answer. */
async function told(asked: Promise<Response>): Promise<unknown[]> {
  const answer = await asked;
  const { code, field } = answer.status === 204 ? {} : await answer.json();
  return [answer.status, code, field];
}

test('S12 what a form asks, owners set and everybody of the team may see', async () => {
  const owner = await Agent.signIn(worker.url, 'owner@example.com');
  const ana = await Agent.signIn(worker.url, 'agent@example.com');
  const set = ({ cookie }: Agent) => post(worker.url, '/api/widget', SETTINGS, { cookie });
  assert.deepEqual(await told(set(ana)), [403, 'forbidden', undefined]);
  assert.equal((await set(owner)).status, 200);
  const seen = await fetch(`${worker.url}/api/widget`, { headers: { cookie: ana.cookie } });
  assert.deepEqual(await seen.json(), SETTINGS);
  const lobby: Lobby = (await new Visitor(worker.url).ticket()).lobby;
  const form = { name: 'away', form: SETTINGS.away };
  assert.deepEqual(lobby, { online: false, form, team: [], pictures: { faces: {} } });
});

test('S12 a refused form names its field; a good one is stored once', async () => {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  const none = await told(fill(visitor, {}, 'https://evil.example'));
  assert.deepEqual(none, [403, 'origin_not_allowed', undefined]);
  assert.deepEqual(await told(send('x')), [401, 'token_invalid', undefined]);
  assert.deepEqual(await told(fill(visitor, { more: 1 })), [400, 'bad_request', undefined]);
  const ana = await Agent.signIn(worker.url);
  const { conversation } = visitor;
  const token = await ana.ticket({ for: 'conversation', conversation });
  assert.deepEqual(await told(send(token, {}, worker.url)), [403, 'forbidden', undefined]);
  assert.deepEqual(await told(fill(visitor, { form: 'before' })), [404, 'not_found', undefined]);
  assert.deepEqual(await told(fill(visitor, { answers: {} })), [400, 'field_missing', 'name']);
  const long = { answers: { name: 'x'.repeat(81) } };
  assert.deepEqual(await told(fill(visitor, long)), [400, 'field_invalid', 'name']);
  const [one, two] = await Promise.all([fill(visitor), fill(visitor)]);
  assert.deepEqual([one.status, two.status], [204, 204]);
  assert.equal(one.headers.get('access-control-allow-origin'), SHOP);
  await until('the form in the open tab', () => tab.all('event').length > 0);
  assert.equal((await fill(visitor)).status, 204, 'the same later');
  const [welcome] = tab.all('welcome');
  const chain = tab.all('event')[0]?.event.chain ?? 0;
  // The tab goes on with the history it was told of, and finds one event in it.
  const again = await visitor.tab({ after: 1, epoch: welcome?.epoch ?? '', chain });
  const [back] = again.all('welcome');
  assert.deepEqual([back?.reset, back?.last_seq], [false, 1]);
  assert.equal(back?.status.is, 'waiting', 'and somebody is called');
});
