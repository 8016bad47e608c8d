// Connections that break after any byte: the real client behind a proxy, and the oracle over what
// it showed and what is stored. The client's own code runs here, with a page's sockets and an
// IndexedDB in memory.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Conversation, type ConversationState, open } from '../../client/conversation.ts';
import { openOutbox } from '../../client/outbox.ts';
import { Bare } from '../support/bare.ts';
import { heard, readAll, say, type Talk, texts, until, Visitor } from '../support/live.ts';
import { becomePage } from '../support/page.ts';
import { CuttingProxy, type Fault, type Manners, type Plan, type Point } from '../support/proxy.ts';
import { Ledger, type Sender, type Violation } from './oracle.ts';
import '../support/tabs.ts';

/** A first connection that nothing broke before, or one that goes on where another broke. */
export type Stage = 'first' | 'resumed';
/** What is broken: where, how, whether the page is loaded again then, and how the line is. */
export type Break = {
  stage: Stage;
  point: Point;
  fault: Fault;
  reload?: boolean;
  manners?: Manners;
};
/** The break before one that goes on: the page has read what was there and sent nothing. */
const BEFORE: Plan = { point: { way: 'up', kind: 'send', nth: 1, offset: 0 }, fault: 'end' };

/** What was said before, so that the batch is not empty. */
const HISTORY = ['is anybody there?', 'it is about the lamp'];
const WRITTEN = ['the oak one', 'is it “on stock”?', 'and the shipping?'];
const ANSWER = 'said in another tab';
const PATIENCE_MS = 30_000;

/** On a machine that is busy, a client that hurries may take another way than past the point. */
const TRIES = 5;

/** What the page still waits for never comes. */
class Stuck extends Error {}
/** All went well, and nothing was broken. */
class Missed extends Error {}

export class Cuts {
  readonly #server = new Bare();
  #count = 0;

  static async begin(): Promise<Cuts> {
    becomePage();
    const cuts = new Cuts();
    await cuts.#server.begin();
    return cuts;
  }

  end(): Promise<void> {
    return this.#server.end();
  }

  /** Every point there is, in the order of the stream, from a talk that nothing else breaks. */
  async points(stage: Stage): Promise<Point[]> {
    const scene = await Scene.set(this.#server, this.#name(), before(stage));
    await scene.play();
    const frames = scene.proxy.frames.filter(({ kind }) => KINDS.has(kind));
    await scene.end();
    return frames.flatMap(({ bytes, ...frame }) =>
      Array.from({ length: bytes }, (_, offset) => ({ ...frame, offset })),
    );
  }

  /** The violations of one talk with one break; talks that miss the point are had again. */
  async break(what: Break): Promise<Violation[]> {
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        return await this.#talk(what);
      } catch (error) {
        if (!(error instanceof Missed) || left === 0) throw error;
      }
    }
  }

  async #talk(what: Break): Promise<Violation[]> {
    const { stage, point, fault, reload, manners } = what;
    const plans = [...before(stage), { point, fault }];
    const scene = await Scene.set(this.#server, this.#name(), plans, manners);
    try {
      await scene.play(reload);
      return await scene.judge();
    } catch (error) {
      if (error instanceof Stuck) return [{ is: 'lost', what: error.message }];
      throw error;
    } finally {
      await scene.end();
    }
  }

  #name(): string {
    this.#count += 1;
    return `cut${this.#count}`;
  }
}

const before = (stage: Stage): Plan[] => (stage === 'resumed' ? [BEFORE] : []);

/** The frames that are cut; those of the queue come when they come. */
const KINDS = new Set(['handshake', 'hello', 'send', 'welcome', 'batch', 'ack', 'event']);

/** One conversation: a page behind the proxy, and another tab that is not. */
class Scene {
  readonly proxy: CuttingProxy;
  readonly #name: string;
  readonly #visitor: Visitor;
  readonly #ledger: Ledger;
  readonly #page: Sender;
  readonly #other: Sender;
  readonly #tab: Talk;
  #conversation: Conversation | undefined;
  #struck = false;
  #settle: () => void = () => {};
  readonly #settled: Promise<void>;

  private constructor(name: string, proxy: CuttingProxy, visitor: Visitor, tab: Talk) {
    this.#name = name;
    this.proxy = proxy;
    this.#visitor = visitor;
    this.#tab = tab;
    this.#ledger = new Ledger(name);
    this.#page = this.#ledger.sender('the page');
    this.#other = this.#ledger.sender('the other tab');
    this.#settled = new Promise((done) => {
      this.#settle = done;
    });
    void proxy.struck.then(() => {
      this.#struck = true;
    });
  }

  static async set(server: Bare, name: string, plans: Plan[], manners?: Manners): Promise<Scene> {
    const proxy = await CuttingProxy.open(server.port, manners);
    proxy.plan(plans);
    const visitor = new Visitor(server.url);
    try {
      const scene = new Scene(name, proxy, visitor, await visitor.tab());
      for (const text of HISTORY) await scene.#say(text);
      return scene;
    } catch (error) {
      // It listens, and would keep this process for ever.
      proxy.close();
      throw error;
    }
  }

  /** The page writes, reads and, if wanted, is loaded again when its connection breaks. */
  async play(reload = false): Promise<void> {
    let stored = () => {};
    this.#open(
      new Promise((done) => {
        stored = done;
      }),
    );
    for (const text of WRITTEN) await this.#write(text);
    stored();
    const answered = heard(this.#tab, WRITTEN[0] as string, PATIENCE_MS).then(() => {
      return this.#say(ANSWER);
    });
    // Whoever waits for less hears of it later, or not at all.
    answered.catch(() => {});
    if (reload) {
      await this.#within('the break', this.proxy.struck);
      this.#conversation?.stop();
      this.#open();
    }
    await this.#within('an end', Promise.all([answered, this.#settled]));
  }

  async #within(what: string, coming: Promise<unknown>): Promise<void> {
    const late = new AbortController();
    const { signal } = late;
    const deadline = sleep(PATIENCE_MS, undefined, { signal }).then(() => {
      const { pending, connection } = this.#conversation?.state ?? {};
      throw new Error(
        `${this.#name} waits for ${what}: ${JSON.stringify({ pending, connection })}`,
      );
    });
    await Promise.race([coming, deadline]).finally(() => late.abort());
  }

  async judge(): Promise<Violation[]> {
    // What a slow line still delivers, after the page has sent it again, counts as well.
    await this.proxy.quiet();
    const line = await this.#visitor.line();
    const log = await readAll(line);
    line.cut();
    const lastOf = (tab: Talk) => tab.all('event').at(-1)?.event.seq ?? 0;
    await until('the last event', () => {
      return Math.max(lastOf(this.#tab), this.#tab.all('ack').at(-1)?.seq ?? 0) >= log.length;
    });
    const page = this.#ledger.view('the page', 0);
    for (const event of this.#conversation?.state.events ?? []) {
      page.show(event);
      const { body } = event;
      const own = body.kind === 'message' && this.#page.sends.has(body.client_id);
      if (own) this.#page.acknowledged(body.client_id, event.seq);
    }
    this.#readTab();
    this.#ledger.judge(log);
    if (page.last !== log.length) {
      this.#ledger.violated('diverged', `the page holds ${page.last} of ${log.length}`);
    }
    const { violations } = this.#ledger;
    if (!this.#struck && violations.length === 0) {
      throw new Missed(`${this.#name}: the stream never came to the point`);
    }
    return violations;
  }

  async end(): Promise<void> {
    this.#conversation?.stop();
    this.#tab.cut();
    this.proxy.close();
  }

  /** In the other tab, over its healthy connection. */
  async #say(text: string): Promise<void> {
    const id = `tab-${this.#other.sends.size}`;
    this.#other.sent(id, text);
    this.#other.acknowledged(id, await say(this.#tab, id, text));
  }

  #readTab(): void {
    const view = this.#ledger.view('the other tab', 0);
    for (const frame of this.#tab.frames) {
      if (frame.t === 'batch') for (const event of frame.events) view.show(event);
      if (frame.t === 'event') view.show(frame.event);
      if (frame.t !== 'ack') continue;
      const { t: _, ...ack } = frame;
      const text = this.#other.sends.get(ack.client_id)?.text ?? '';
      view.acknowledged({ ...ack, text }, { role: 'visitor' });
    }
  }

  /** Opens the page; it gets no ticket before `ready`. */
  #open(ready?: Promise<void>): void {
    this.#conversation = open({
      url: `ws://127.0.0.1:${this.proxy.port}/ws/conversation`,
      ticket: async () => {
        await ready;
        return (await this.#visitor.ticket()).ticket;
      },
      outbox: openOutbox(this.#name),
      onChange: (state) => this.#check(state),
      random: () => 0,
    });
  }

  async #write(text: string): Promise<void> {
    const refusal = await this.#conversation?.send(text);
    const entry = this.#conversation?.state.pending.find((one) => one.text === text);
    if (refusal !== null || !entry) throw new Error(`“${text}” was not taken: ${refusal}`);
    this.#page.sent(entry.client_id, text);
  }

  /** Nothing that was shown goes away, and in the end all is said and read. */
  #check(state: ConversationState): void {
    if (!state.live) return;
    const shown = new Set(state.pending.map(({ client_id }) => client_id));
    for (const { body } of state.events) if (body.kind === 'message') shown.add(body.client_id);
    for (const id of this.#page.sends.keys()) {
      if (!shown.has(id)) this.#ledger.violated('lost', `${id} is gone from the page`);
    }
    const all = HISTORY.length + WRITTEN.length + 1;
    if (state.pending.length === 0 && texts([...state.events]).length >= all) this.#settle();
  }
}
