// Power cuts under load: many conversations, each with writers and readers over real sockets, and
// a runtime that is killed at moments of chance and starts again on its data.

import { setTimeout as sleep } from 'node:timers/promises';
import { Bare } from '../support/bare.ts';
import { Agent, type Desk, readAll, SHOP, say, status, until, Visitor } from '../support/live.ts';
import { Ledger, type Violation } from './oracle.ts';
import { type Dial, Peer } from './peer.ts';
import { polling, socket } from './pipes.ts';
import { Random } from './random.ts';

export type ChaosOptions = { conversations?: number; seed?: number };
export type Report = {
  seed: number;
  kills: number;
  acked: number;
  resent: number;
  refused: number;
  slowed: number;
  /** From the start of the runtime to its first answer that took the data, each time, in ms. */
  restarts: number[];
  violations: Violation[];
};
export type Chat = { visitor: Visitor; agent: Agent; ledger: Ledger; peers: Peer[] };

const CAPACITY = 50;
/** Cuts that do not wait until all have come back: they hit the recovery from the one before. */
const EARLY = 0.25;
const EARLY_MS = 250;
/** Acks, of all together, between the others. */
const ACKS = [60, 180] as const;
const PATIENCE_MS = 60_000;

export class Chaos {
  readonly server = new Bare();
  readonly chats: Chat[] = [];
  readonly agents: Agent[] = [];
  readonly #random: Random;
  readonly seed: number;
  readonly #desks = new Map<Agent, Desk>();
  readonly #restarts: number[] = [];
  /** When the runtime first answered since it was killed, whoever asked. */
  #answered = 0;
  #over = false;

  private constructor(seed: number) {
    this.seed = seed;
    this.#random = new Random(seed);
  }

  /** Everybody in place and writing. */
  static async begin({ conversations = 24, seed = Date.now() }: ChaosOptions): Promise<Chaos> {
    const chaos = new Chaos(seed);
    try {
      await chaos.server.begin();
      const owner = await Agent.signIn(chaos.server.url, 'owner@example.com');
      for (let room = 0; room < conversations; room += CAPACITY) {
        const agent = await owner.hire(`agent${room}@example.com`, CAPACITY);
        chaos.agents.push(agent);
        void chaos.#attend(agent);
      }
      await until('the desks', () => chaos.#desks.size === chaos.agents.length);
      for (let count = 0; count < conversations; count += 1) await chaos.#meet(`c${count}`, owner);
      return chaos;
    } catch (error) {
      await chaos.end();
      throw error;
    }
  }

  get acked(): number {
    return this.chats.reduce((sum, { ledger }) => sum + ledger.acked, 0);
  }

  /** The desk of an agent, once there is one. */
  desk(agent: Agent): Promise<Desk> {
    return until('the desk', () => this.#desks.get(agent), PATIENCE_MS);
  }

  /** Lets them write, cuts the power at a moment of chance, and starts the runtime again. */
  async strike(): Promise<void> {
    this.#write(true);
    if (this.#random.chance(EARLY)) await sleep(this.#random.between(0, EARLY_MS));
    else await this.#fullSwing();
    await this.server.kill();
    this.#write(false);
    const since = performance.now();
    this.#answered = 0;
    const { visitor } = this.chats[0] as Chat;
    const ask = () => this.#ask(() => visitor.ticket());
    await this.server.start(() =>
      ask().then(
        () => true,
        () => false,
      ),
    );
    this.#restarts.push(this.#answered - since);
  }

  /** Waits for the last acks and holds everything against what is stored. */
  async finish(): Promise<Report> {
    this.#write(true);
    await this.#fullSwing();
    this.#write(false);
    const peers = this.chats.flatMap((chat) => chat.peers);
    await until('the last acks', () => peers.every((peer) => peer.settled), PATIENCE_MS);
    for (const chat of this.chats) await this.#judge(chat);
    const sum = (key: 'resent' | 'refused' | 'slowed') =>
      peers.reduce((total, peer) => total + peer[key], 0);
    return {
      seed: this.seed,
      kills: this.#restarts.length,
      acked: this.acked,
      resent: sum('resent'),
      refused: sum('refused'),
      slowed: sum('slowed'),
      restarts: this.#restarts,
      violations: this.chats.flatMap(({ ledger }) => ledger.violations),
    };
  }

  async end(options?: { keep: boolean }): Promise<void> {
    this.#over = true;
    await Promise.all(this.chats.flatMap(({ peers }) => peers.map((peer) => peer.stop())));
    for (const desk of this.#desks.values()) desk.cut();
    await this.server.end(options);
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    const answer = await question();
    this.#answered ||= performance.now();
    return answer;
  }

  #write(on: boolean): void {
    for (const { peers } of this.chats) for (const peer of peers) peer.writing = on;
  }

  /** Until all are back and have got some work done. */
  async #fullSwing(): Promise<void> {
    const all = this.chats.flatMap(({ peers }) => peers);
    await until('all to come back', () => all.every((peer) => peer.live), PATIENCE_MS);
    const enough = this.acked + this.#random.between(...ACKS);
    await until('work in full swing', () => this.acked >= enough, PATIENCE_MS);
    await sleep(this.#random.between(0, 30));
  }

  /** Keeps an agent at the desk, so that what is assigned stays so. */
  async #attend(agent: Agent): Promise<void> {
    while (!this.#over) {
      const desk = await agent.desk(true).catch(() => undefined);
      if (desk && !this.#over) {
        this.#desks.set(agent, desk);
        while (!desk.isClosed) await sleep(20);
        this.#desks.delete(agent);
      } else desk?.cut();
      await sleep(20);
    }
  }

  /** A conversation that is assigned, with two tabs, its agent, and the owner who looks on. */
  async #meet(name: string, owner: Agent): Promise<void> {
    const visitor = new Visitor(this.server.url);
    const ledger = new Ledger(name);
    const tab = await visitor.tab();
    const first = ledger.sender(`${name}-first`);
    first.sent(`${name}-first`, 'hello');
    first.acknowledged(`${name}-first`, await say(tab, `${name}-first`, 'hello'));
    const agent = await until('an agent', () => {
      const now = status(tab);
      return this.agents.find(({ me }) => now?.is === 'assigned' && now.agent.id === me.agent.id);
    });
    await tab.end();
    const { url } = this.server;
    const polls = this.chats.length % 2 === 1;
    const ticket = async () => {
      const { ticket } = await this.#ask(() => visitor.ticket());
      return ticket.token;
    };
    const request = { for: 'conversation', conversation: visitor.conversation };
    const staff = (who: Agent) => socket(url, url, () => this.#ask(() => who.ticket(request)));
    const peer = (role: string, dial: Dial, writes: boolean) =>
      new Peer({ name: `${name}-${role}`, dial, writes, ledger, random: this.#random });
    const peers = [
      peer('tab', socket(url, SHOP, ticket), true),
      // A network that lets no socket through, in every other conversation.
      peer('other-tab', (polls ? polling : socket)(url, SHOP, ticket), true),
      peer('agent', staff(agent), true),
      peer('owner', staff(owner), false),
    ];
    this.chats.push({ visitor, agent, ledger, peers });
  }

  async #judge({ visitor, agent, ledger, peers }: Chat): Promise<void> {
    const [front, back] = [() => visitor.line(), () => agent.line(visitor.conversation)];
    const log = await readAll(await front(), front);
    ledger.judge(log);
    const view = ledger.view(`${ledger.name}, read by its agent`, 0);
    for (const event of await readAll(await back(), back)) view.show(event);
    const caughtUp = () => peers.every(({ last }) => last >= log.length);
    // Who does not get there is told below, with a name.
    await until('all to read the end', caughtUp).catch(() => {});
    for (const reader of [view, ...peers]) {
      if (reader.last === log.length) continue;
      const what = `${reader.name} holds ${reader.last} of ${log.length}`;
      ledger.violated('diverged', what);
    }
  }
}
