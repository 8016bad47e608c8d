// Silent visitors in the built worker, by the alarms of two objects (docs/protocol.md L5,
// docs/routing.md): one is asked, the place goes to the next, one who returns stands in front, and
// one who does not is closed once, also when the power is cut meanwhile.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RoutingSettings } from '../../client/frames.ts';
import { Bare } from '../support/bare.ts';
import {
  Agent,
  entry,
  events,
  heard,
  post,
  readAll,
  roster,
  say,
  status,
  type Talk,
  until,
  Visitor,
} from '../support/live.ts';

const SLOW_MS = 60_000;
const bare = new Bare();
before(() => bare.begin());
after(() => bare.end());

const kinds = (line: Talk) => events(line).map(({ body }) => body.kind);
const asked = (line: Talk) => kinds(line).filter((kind) => kind === 'idle').length;
const is = (line: Talk, wanted: string) => () => status(line)?.is === wanted;

test('L5 a silent visitor is asked, frees the place, and is closed in the end', async () => {
  const owner = await Agent.signIn(bare.url, 'owner@example.com');
  const ana = await owner.hire('ana@example.com', 1);
  const idle = { id: 'main', idle_s: 2, idle_close_s: 2 };
  const rules = { departments: [idle] as RoutingSettings['departments'] };
  const answer = await post(bare.url, '/api/routing', rules, { cookie: owner.cookie });
  assert.equal(answer.status, 200, await answer.clone().text());
  const desk = await ana.desk(true);
  const load = () => roster(desk, ana.me.agent.id)?.load;

  const [first, second] = [new Visitor(bare.url), new Visitor(bare.url)];
  const tab = await first.tab();
  await say(tab, 'm1', 'hello');
  await until('the agent', is(tab, 'assigned'), SLOW_MS);
  const reply = await ana.join(first.conversation);
  await say(reply, 'a1', 'which one?');
  await heard(tab, 'which one?');
  const other = await second.tab();
  await say(other, 'm1', 'me too');
  await until('the question', () => asked(tab) === 1, SLOW_MS);
  await until('the next visitor to be served', is(other, 'assigned'), SLOW_MS);
  assert.equal(status(tab)?.is, 'assigned', 'the silent one keeps the agent');
  const state = () => entry(desk, first.conversation)?.state;
  await until('the desk to show it', () => {
    const now = state();
    return now?.is === 'assigned' && now.idle !== undefined && load() === 1;
  });

  await say(tab, 'm2', 'the blue one');
  await until('the front of the queue', is(tab, 'waiting'), SLOW_MS);
  assert.equal(load(), 1, 'nobody is above capacity');
  const theirs = await ana.join(second.conversation);
  theirs.send({ t: 'close' });
  await until('the agent again', is(tab, 'assigned'), SLOW_MS);
  const again = await ana.join(first.conversation);
  await say(again, 'a2', 'here it is');
  await heard(tab, 'here it is');

  await bare.kill();
  await bare.start();
  const wanted = ['message', 'assigned', 'message', 'idle', 'message', 'requeued', 'assigned'];
  const whole = async () => kinds(await first.tab());
  const closed = async () => (await whole()).at(-1) === 'closed';
  await until('the end', closed, SLOW_MS);
  const log = await readAll(await first.line());
  const last = ['message', 'idle', 'closed'];
  assert.deepEqual(
    log.map(({ body }) => body.kind),
    [...wanted, ...last],
  );
  assert.deepEqual(log.at(-1)?.author, { role: 'system' });
  const back = await ana.desk();
  const known = () => entry(back, first.conversation)?.state.is === 'closed';
  await until('the desk to know', known, SLOW_MS);
});
