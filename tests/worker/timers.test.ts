// The timers of the desk while its object sleeps or the power is cut: grace, offer and time for
// notes end after it, each exactly once (docs/routing.md R7, R15, R16; D6, D9, D11). What was
// decided is the witness: `explain` lists it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Decision, RoutingSettings } from '../../client/frames.ts';
import { Bare } from '../support/bare.ts';
import { harnessed } from '../support/harness.ts';
import {
  Agent,
  type Desk,
  entry,
  events,
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

/** What the scenes are played on. */
interface Stage {
  readonly url: string;
  /** Puts the desk to sleep, or cuts the power; afterwards the desk has forgotten all it can. */
  interrupt(): Promise<void>;
  /** Whether sockets are lost by it. */
  readonly cuts: boolean;
  /** Who plays, once they are hired: each password costs time. */
  team?: Promise<Agent>[];
}

function hired(url: string): Promise<Agent>[] {
  const owner = Agent.signIn(url, 'owner@example.com');
  const hire = async (one: string) => (await owner).hire(`${one}@example.com`, 1);
  return [owner, hire('ana'), hire('ben')];
}

class Scene {
  readonly stage: Stage;
  readonly ana: Agent;
  readonly ben: Agent;

  private constructor(stage: Stage, ana: Agent, ben: Agent) {
    this.stage = stage;
    this.ana = ana;
    this.ben = ben;
  }

  static async set(stage: Stage, rules: Partial<RoutingSettings>): Promise<Scene> {
    stage.team ??= hired(stage.url);
    const [boss, ana, ben] = (await Promise.all(stage.team)) as [Agent, Agent, Agent];
    const answer = await post(stage.url, '/api/routing', rules, { cookie: boss.cookie });
    assert.equal(answer.status, 200);
    return new Scene(stage, ana, ben);
  }

  async onDuty(agent: Agent): Promise<Desk> {
    const desk = await agent.desk(true);
    await until('the agent on duty', () => roster(desk, agent.me.agent.id)?.accepting);
    return desk;
  }

  /** The agent leaves, away, so that the next scene finds nobody on duty. */
  async leave(agent: Agent, desk: Desk): Promise<void> {
    desk.send({ t: 'accept', on: false });
    await until('the pause', () => roster(desk, agent.me.agent.id)?.accepting === false);
    await desk.end();
  }

  async writes(): Promise<{ visitor: Visitor; tab: Talk; id: string }> {
    const visitor = new Visitor(this.stage.url);
    const tab = await visitor.tab();
    await say(tab, 'first', 'hello');
    return { visitor, tab, id: visitor.conversation };
  }

  /** A console of the agent after an interruption: the old one, where sockets outlive it. */
  back(agent: Agent, desk: Desk): Promise<Desk> {
    return this.stage.cuts ? agent.desk() : Promise.resolve(desk);
  }

  tabOf(visitor: Visitor, tab: Talk): Promise<Talk> {
    return this.stage.cuts ? visitor.tab() : Promise.resolve(tab);
  }

  async close(agent: Agent, id: string): Promise<void> {
    const line = await agent.join(id);
    line.send({ t: 'close' });
    await until('the end', () => status(line)?.is === 'closed');
    line.cut();
  }
}

/** What was decided about a conversation, oldest first. */
async function decided(agent: Agent, conversation: string): Promise<Decision[]> {
  const desk = await agent.desk();
  desk.send({ t: 'explain', conversation });
  const { list } = await desk.kind('decisions');
  await desk.end();
  return list.toReversed();
}

/** Machines that run these tests may be busy with others: what is waited for comes in the end. */
function served(line: Talk, { me: { agent } }: Agent): Promise<unknown> {
  const now = () => {
    const known = status(line);
    return known?.is === 'assigned' && known.agent.id === agent.id;
  };
  return until(`the assignment to ${agent.name}`, now, SLOW_MS);
}

const words = (list: Decision[]) => list.map(({ made, because }) => `${made} ${because}`);

const asked = (desk: Desk, id: string) => {
  const state = entry(desk, id)?.state;
  return state?.is === 'waiting' ? state.offer?.agent : undefined;
};

async function graceEndsOnce(stage: Stage): Promise<void> {
  const scene = await Scene.set(stage, { grace_s: 3 });
  const { ana, ben } = scene;
  const desk = await scene.onDuty(ana);
  const watch = await ben.desk();
  const { visitor, tab, id } = await scene.writes();
  await served(tab, ana);
  desk.cut();
  await until('the loss', () => roster(watch, ana.me.agent.id)?.online === false, SLOW_MS);
  await stage.interrupt();
  const line = await scene.tabOf(visitor, tab);
  await until('the return', () => status(line)?.is === 'waiting', SLOW_MS);
  await stage.interrupt();
  const free = await scene.back(ben, watch);
  free.send({ t: 'accept', on: true });
  const last = await scene.tabOf(visitor, line);
  await served(last, ben);
  await stage.interrupt();
  // At once, before another grace is over.
  const here = await scene.back(ben, free);
  const kinds = (await readAll(await visitor.line())).map(({ body }) => body.kind);
  assert.deepEqual(kinds, ['message', 'assigned', 'requeued', 'assigned']);
  const story = await decided(ben, id);
  const gone = story.filter(({ because }) => because === 'agent_gone');
  assert.equal(gone.length, 1, words(story).join());
  const returned = await ana.desk();
  assert.equal((await returned.kind('desk')).lost, 1, 'and its agent hears of one');
  await scene.leave(ana, returned);
  await scene.close(ben, id);
  await scene.leave(ben, here);
}

async function offerEndsOnce(stage: Stage): Promise<void> {
  const departments = [{ id: 'main', mode: 'offer', offer_s: 3 }] as RoutingSettings['departments'];
  const scene = await Scene.set(stage, { departments });
  const { ben } = scene;
  const desk = await scene.onDuty(ben);
  const { id } = await scene.writes();
  await until('the offer', () => asked(desk, id) === ben.me.agent.id, SLOW_MS);
  await stage.interrupt();
  // A console that was lost is asked anew when it is back; nobody answers either time.
  const back = await scene.back(ben, desk);
  const away = (line: Desk) => roster(line, ben.me.agent.id)?.away;
  await until('the miss', () => away(back) === 'missed', SLOW_MS);
  await stage.interrupt();
  const late = await scene.back(ben, back);
  late.send({ t: 'answer', conversation: id, yes: true });
  assert.equal((await late.kind('rejected')).code, 'offer_over');
  const story = await decided(ben, id);
  const count = (what: string) => story.filter(({ made }) => made === what).length;
  assert.equal(count('missed'), 1, words(story).join());
  const withdrawn = stage.cuts ? count('requeued') : 0;
  assert.equal(count('offered'), withdrawn + 1, words(story).join());
  late.send({ t: 'take', conversation: id });
  await until('the agent', () => entry(late, id)?.state.is === 'assigned', SLOW_MS);
  await scene.close(ben, id);
  await late.end();
}

async function notesEndOnce(stage: Stage): Promise<void> {
  const departments = [{ id: 'main', wrap_up_s: 4 }] as RoutingSettings['departments'];
  const scene = await Scene.set(stage, { departments });
  const { ana } = scene;
  const desk = await scene.onDuty(ana);
  const first = await scene.writes();
  await served(first.tab, ana);
  await scene.close(ana, first.id);
  const me = ana.me.agent.id;
  const end = await until('the notes', () => roster(desk, me)?.wrap_up, SLOW_MS);
  await stage.interrupt();
  const back = await scene.back(ana, desk);
  const next = await scene.writes();
  await until('the agent again', () => entry(back, next.id)?.state.is === 'assigned', SLOW_MS);
  await stage.interrupt();
  const story = await decided(ana, next.id);
  assert.deepEqual(words(story), ['queued wrote', 'assigned only_one']);
  const given = story.find(({ made }) => made === 'assigned');
  assert.ok(given && given.at >= end, 'and not before the notes were written');
  const again = await scene.back(ana, back);
  assert.equal(roster(again, me)?.wrap_up, undefined);
  const tab = await next.visitor.tab();
  const kinds = events(tab).map(({ body }) => body.kind);
  assert.deepEqual(kinds, ['message', 'assigned'], 'served once');
  await scene.close(ana, next.id);
  again.send({ t: 'ready' });
  await scene.leave(ana, again);
}

const scenes: [string, (stage: Stage) => Promise<void>][] = [
  ['R7 D6 a grace that has begun ends once', graceEndsOnce],
  ['R15 D9 an offer that stands ends once', offerEndsOnce],
  ['R15 D11 time for notes ends once', notesEndOnce],
];

describe('the timers of a desk', { concurrency: 2 }, () => {
  describe('the power is cut while they run', { concurrency: 1 }, () => {
    const bare = new Bare();
    before(() => bare.begin());
    after(() => bare.end());
    const stage: Stage = {
      cuts: true,
      get url() {
        return bare.url;
      },
      async interrupt() {
        await bare.kill();
        await bare.start();
      },
    };
    for (const [name, play] of scenes) test(name, () => play(stage));
  });

  describe('its object is evicted while they run', { concurrency: 1 }, () => {
    const worker = harnessed();
    const stage: Stage = {
      cuts: false,
      get url() {
        return worker.url;
      },
      async interrupt() {
        await worker.sleep('ROUTER', 'demo');
      },
    };
    for (const [name, play] of scenes) test(name, () => play(stage));
    test('it did sleep', () => {
      assert.ok(worker.sleeps >= 5, `${worker.sleeps} times`);
    });
  });
});
