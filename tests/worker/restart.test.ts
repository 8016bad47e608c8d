// Power cuts under load: whatever was acknowledged is there afterwards, once, at its seq
// (docs/protocol.md S1, S2, S4, S5), and the desk goes on where it was. `npm run chaos` is the
// same at any size.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Chaos, type Chat } from '../chaos/chaos.ts';
import {
  Agent,
  assigned,
  entry,
  Line,
  open,
  readAll,
  roster,
  SHOP,
  say,
  until,
  Visitor,
} from '../support/live.ts';

const KILLS = 20;
const CONVERSATIONS = 8;
const ACKED = 1_000;

let chaos: Chaos;
before(async () => {
  chaos = await Chaos.begin({ conversations: CONVERSATIONS });
});
after(() => chaos?.end());

test('S1 S2 S4 what was acknowledged survives every power cut', { timeout: 120_000 }, async () => {
  const { url } = chaos.server;
  const owner = await Agent.signIn(url, 'owner@example.com');
  const lost = await owner.hire('lost@example.com');
  const [agent] = chaos.agents as [Agent];
  const { visitor } = chaos.chats[0] as Chat;
  const [id, gone] = [agent.me.agent.id, lost.me.agent.id];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const absent = await lost.desk();
    const { ticket } = await visitor.ticket();
    const before = await chaos.desk(agent);
    await chaos.strike();
    await Promise.all([before.closed, absent.closed]);
    const desk = await chaos.desk(agent);
    assert.equal(roster(desk, gone)?.online, false, 'whose socket was lost is seen as gone');
    const { load, accepting } = roster(desk, id) ?? {};
    assert.deepEqual([load, accepting], [CONVERSATIONS, true]);
    for (const { visitor } of chaos.chats) {
      assert.equal(entry(desk, visitor.conversation)?.state.is, 'assigned');
    }
    const socket = await open(`${url}/ws/conversation`, ticket.token, SHOP);
    await new Line(socket).end();
  }

  const { kills, acked, resent, refused, slowed, violations } = await chaos.finish();
  assert.deepEqual(violations, [], `with --seed ${chaos.seed}`);
  assert.deepEqual([kills, refused, slowed], [KILLS, 0, 0], 'nobody lost their agent');
  assert.ok(acked >= ACKED, `only ${acked} acknowledged`);
  assert.ok(resent > 0, 'the cuts hit messages under way');

  const tab = await visitor.line();
  await readAll(tab);
  assert.equal(await say(tab, 'c0-first', 'hello'), 1, 'S2 also after all of that');
  const late = new Visitor(url);
  const other = await late.tab();
  await say(other, 'first', 'is anybody there?');
  await assigned(other, agent.me.agent.name);
  const desk = await chaos.desk(agent);
  await until('the news', () => entry(desk, late.conversation)?.state.is === 'assigned');
  for (const line of [tab, other]) line.cut();
});
