// The stage of a browser test: one built worker and one Chromium for a file, and for each scene
// browser contexts of its own. A scene fails, too, when a page logs an error nobody expected.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, type TestContext, test } from 'node:test';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { Agent, assigned, type Desk, entry, PASSWORD, post, until } from './live.ts';
import { AgentPage, VisitorPage } from './people.ts';
import { Worker } from './worker.ts';

const PICTURES = '.edgewise/screenshots';
/** A host name that the demo site does not list among its origins. */
export const STRANGER = 'shop.test';
export const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${STRANGER} 127.0.0.1`,
];
const PATIENCE_MS = 15_000;
const DESK_SIZE = { width: 1280, height: 800 };
const SCENE_MS = 90_000;

/** The console asks who is signed in; "nobody" is an answer that browsers log as an error. */
const ORDINARY = /status of 401 .*\/api\/me$/;

export type Hand = { name: string; email: string };
export type Look = BrowserContextOptions;

/** What the scenes of one file share. */
export class House {
  readonly worker: Worker;
  browser: Browser | undefined;
  private owner: Agent | undefined;
  private hired = 0;
  private readonly seed: boolean;
  private opened: Promise<void> | undefined;

  constructor(seed: boolean) {
    this.seed = seed;
    this.worker = new Worker({ seed });
  }

  get url(): string {
    return this.worker.url;
  }

  /** What the set-up page asks for. */
  get token(): string {
    return this.worker.token;
  }

  /** Opens at the first call: a run that leaves out all scenes of a file opens nothing. */
  open(): Promise<void> {
    this.opened ??= this.start();
    return this.opened;
  }

  async close(): Promise<void> {
    await this.browser?.close();
    await this.worker.end();
  }

  private async start(): Promise<void> {
    const { CHROMIUM } = process.env;
    assert(CHROMIUM, 'CHROMIUM must be the path of a Chromium: run `npm test -- browser`');
    this.browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    await this.worker.start();
    if (this.seed) this.owner = await Agent.signIn(this.url, 'owner@example.com');
  }

  /** Adds an agent, who accepts no chats until told. */
  async hire(first: string, capacity: number): Promise<Hand> {
    assert(this.owner, 'only a seeded house hires');
    this.hired += 1;
    const hand = { name: `${first} ${this.hired}`, email: `agent${this.hired}@example.com` };
    const body = { ...hand, password: PASSWORD, role: 'agent', capacity };
    const { cookie } = this.owner;
    const answer = await post(this.url, '/api/agents', body, { cookie });
    assert.equal(answer.status, 201, 'the agent was not added');
    return hand;
  }

  /** Closes every chat a scene has left open, so that the next one finds an empty desk. */
  async sweep(): Promise<void> {
    const { owner } = this;
    if (!owner) return;
    const desk = await owner.desk(false);
    const { conversations } = await desk.kind('desk');
    for (const { conversation, state } of conversations) {
      if (state.is !== 'closed') await closeFor(owner, desk, conversation);
    }
    await desk.end();
  }
}

/** Takes a conversation over, whoever it goes to meanwhile, and closes it. */
async function closeFor(owner: Agent, desk: Desk, conversation: string): Promise<void> {
  const { id } = owner.me.agent;
  const now = () => entry(desk, conversation)?.state;
  let tried = '';
  const ours = await until(`${conversation} to be the owner's, or closed`, () => {
    const state = now();
    if (state?.is === 'closed') return 'closed';
    if (state?.is === 'assigned' && state.agent.id === id) return 'assigned';
    // Those who left may lose it in the same moment: a place that has changed is asked for anew.
    const place = JSON.stringify(state);
    if (place === tried) return false;
    tried = place;
    if (state?.is === 'assigned') desk.send({ t: 'transfer', conversation, to: id });
    else desk.send({ t: 'take', conversation });
    return false;
  });
  if (ours === 'closed') return;
  const line = await owner.join(conversation);
  await assigned(line, owner.me.agent.name);
  line.send({ t: 'close' });
  await until('the chat to be closed at the desk', () => now()?.is === 'closed');
  await line.end();
}

/** The people of one scene, and their browsers. */
export class Cast {
  readonly house: House;
  readonly pages: Page[] = [];
  /** What pages have logged as an error. */
  readonly problems: string[] = [];
  private readonly contexts: BrowserContext[] = [];
  private readonly expected: RegExp[] = [ORDINARY];

  constructor(house: House) {
    this.house = house;
  }

  get url(): string {
    return this.house.url;
  }

  /** Errors that belong to the scene, such as those of a lost connection. */
  expect(...problems: RegExp[]): void {
    this.expected.push(...problems);
  }

  async context(look: Look = {}): Promise<BrowserContext> {
    const { browser } = this.house;
    assert(browser, 'the house is closed');
    const context = await browser.newContext({ locale: 'en-GB', ...look });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on('page', (page) => this.watch(page));
    context.on('weberror', (error) => this.problems.push(String(error.error())));
    this.contexts.push(context);
    return context;
  }

  /** A visitor's browser on the demo page, or on another one. */
  async visitor(look: Look = {}, at = `${this.url}/demo`): Promise<VisitorPage> {
    return this.tab(await this.context(look), at);
  }

  /** One more tab of a visitor's browser. */
  async tab(context: BrowserContext, at?: string, page?: Page): Promise<VisitorPage> {
    const shown = page ?? (await context.newPage());
    await shown.goto(at ?? `${this.url}/demo`);
    return new VisitorPage(shown);
  }

  /** A visitor who has written. */
  async writer(text: string): Promise<VisitorPage> {
    const visitor = await this.visitor();
    await visitor.open();
    await visitor.send(text);
    await visitor.arrives(text);
    return visitor;
  }

  async console(look: Look = {}): Promise<AgentPage> {
    const context = await this.context({ viewport: DESK_SIZE, ...look });
    const page = await context.newPage();
    await page.goto(`${this.url}/console`);
    return new AgentPage(page);
  }

  /** A new agent, signed in, with the switch "Accept chats" as wanted. */
  async agent(first: string, { accepts = true, capacity = 5 } = {}): Promise<AgentPage> {
    const hand = await this.house.hire(first, capacity);
    const agent = await this.console();
    await agent.signIn(hand);
    if (accepts) await agent.accept(true);
    return agent;
  }

  async leave(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
  }

  checkQuiet(): void {
    const loud = this.problems.filter((one) => !this.expected.some((known) => known.test(one)));
    assert.deepEqual(loud, [], 'errors in the consoles of the browsers');
  }

  async photograph(t: TestContext): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    const name = t.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60);
    for (const [index, page] of this.pages.entries()) {
      const path = `${PICTURES}/${name}-${index + 1}.png`;
      const taken = await page.screenshot({ path, timeout: 5_000 }).catch(() => null);
      if (taken) t.diagnostic(`screenshot: ${path}`);
    }
    for (const problem of this.problems) t.diagnostic(`logged: ${problem}`);
  }

  private watch(page: Page): void {
    this.pages.push(page);
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.problems.push(`${message.text()} ${message.location().url}`);
    });
  }
}

export type Scene = (name: string, run: (cast: Cast) => Promise<void>) => void;

/** Opens a house for the tests of this file. A scene is a test with a cast. */
export function openHouse({ seed = true } = {}): { house: House; scene: Scene } {
  const house = new House(seed);
  after(() => house.close());
  const scene: Scene = (name, run) => {
    test(name, { timeout: SCENE_MS }, async (t) => {
      await house.open();
      const cast = new Cast(house);
      const tidy = async () => {
        await cast.leave();
        await house.sweep();
      };
      try {
        await run(cast);
        cast.checkQuiet();
      } catch (error) {
        await cast.photograph(t);
        // A scene that broke off may leave nothing to tidy with: that must not hide why it did.
        await tidy().catch((also) => t.diagnostic(`not tidied: ${also}`));
        throw error;
      }
      await tidy();
    });
  };
  return { house, scene };
}
