// What a visitor and an agent see and do, found by role and name as a screen reader finds it.

import assert from 'node:assert/strict';
import type { Locator, Page, WebSocket } from 'playwright-core';
import { PASSWORD, until } from './live.ts';

export const shown = (locator: Locator) => locator.waitFor({ state: 'visible' });
export const gone = (locator: Locator) => locator.waitFor({ state: 'hidden' });

/** Calls `edgewise(...)` in the page. */
export function call(page: Page, ...args: unknown[]): Promise<void> {
  return page.evaluate((all) => {
    (Reflect.get(window, 'edgewise') as (...args: unknown[]) => void)(...all);
  }, args);
}

/** The lines a reader sees. */
export async function lines(log: Locator): Promise<string[]> {
  // biome-ignore lint/performance/useDomNodeTextContent: lines are a matter of layout
  const text = await log.innerText();
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** Waits until exactly these lines, in this order, are those of the log that fit the pattern. */
export async function reads(log: Locator, pattern: RegExp, wanted: string[]): Promise<void> {
  let seen: string[] = [];
  const fits = async () => {
    seen = (await lines(log)).filter((line) => pattern.test(line));
    return seen.join('\n') === wanted.join('\n');
  };
  await until('the lines', fits).catch(() => assert.deepEqual(seen, wanted));
}

/** Between two tries of a connection are 30 s at most. */
const PROGRESS_MS = 40_000;

/** Waits until what says that there is no connection is gone; nothing hastens the next try. */
export const reconnected = (locator: Locator) =>
  locator.waitFor({ state: 'hidden', timeout: PROGRESS_MS });

/** Waits until the foot of the own message with this text says one of these. */
async function progress(log: Locator, text: string, ...wanted: string[]): Promise<void> {
  const come = async () => {
    const all = await lines(log);
    const at = all.lastIndexOf(text);
    // The foot follows the text, in one line or in two.
    const foot = at < 0 ? [] : all.slice(at + 1, at + 3);
    return foot.some((line) => wanted.some((one) => line.endsWith(one)));
  };
  // A client that lost its connection several times waits for some seconds between tries.
  await until(`“${text}” to be “${wanted.join(' or ')}”`, come, PROGRESS_MS);
}

/** The sockets of a page, those that are closed among them. */
export function socketsOf(page: Page): WebSocket[] {
  const sockets: WebSocket[] = [];
  page.on('websocket', (socket) => sockets.push(socket));
  return sockets;
}

export class VisitorPage {
  readonly page: Page;
  readonly launcher: Locator;
  readonly panel: Locator;
  readonly log: Locator;
  readonly field: Locator;

  constructor(page: Page) {
    this.page = page;
    this.launcher = page.getByRole('button', { name: 'Open chat' });
    this.panel = page.getByRole('dialog');
    this.log = this.panel.getByRole('log');
    this.field = this.panel.getByRole('textbox', { name: 'Message' });
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await shown(this.panel);
  }

  async send(text: string): Promise<void> {
    await this.field.fill(text);
    await this.panel.getByRole('button', { name: 'Send' }).click();
  }

  /** Chooses a language by its own name. */
  async choose(language: string): Promise<void> {
    await this.panel.getByRole('button', { name: 'More' }).click();
    await this.panel.getByRole('combobox').selectOption({ label: language });
  }

  sees(text: string | RegExp): Promise<void> {
    return shown(this.log.getByText(text, { exact: true }));
  }

  /** Sending…, Sent, Seen, Queued. */
  progress(text: string, wanted: string): Promise<void> {
    return progress(this.log, text, wanted);
  }

  /** Waits until it is stored, whether it has been seen since or not. */
  arrives(text: string): Promise<void> {
    return progress(this.log, text, 'Sent', 'Seen');
  }

  reads(pattern: RegExp, wanted: string[]): Promise<void> {
    return reads(this.log, pattern, wanted);
  }
}

export class AgentPage {
  readonly page: Page;
  name = '';
  readonly list: Locator;
  readonly thread: Locator;
  readonly log: Locator;
  readonly field: Locator;
  readonly switch: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole('navigation', { name: 'Conversations' });
    this.thread = page.getByRole('region', { name: /^Visitor / });
    this.log = this.thread.getByRole('log');
    this.field = this.thread.getByRole('textbox', { name: 'Reply' });
    this.switch = page.getByRole('switch', { name: 'Accept chats' });
  }

  /** Fills in the sign-in page. */
  async enter(email: string, password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Email' }).fill(email);
    // A password field has no role; its label is its name.
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async signIn({ name, email }: { name: string; email: string }): Promise<void> {
    this.name = name;
    await this.enter(email, PASSWORD);
    await shown(this.list);
    await until('the desk to be live', () => this.switch.isEnabled());
  }

  async accept(on: boolean): Promise<void> {
    await this.switch.setChecked(on);
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Account' }).click();
    await this.page.getByRole('button', { name: 'Sign out' }).click();
  }

  /** The conversation in the list that shows this text. */
  item(text: string): Locator {
    return this.list.getByRole('link').filter({ hasText: text });
  }

  /** The same, as long as it says that so many messages are unread. */
  badge(text: string, unread: number): Locator {
    const name = new RegExp(`\\b${unread} unread`);
    return this.list.getByRole('link', { name }).filter({ hasText: text });
  }

  async open(text: string): Promise<void> {
    await this.item(text).click();
    await shown(this.thread);
  }

  async reply(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  async closeChat(): Promise<void> {
    await this.thread.getByRole('button', { name: 'Close chat' }).click();
  }

  sees(text: string | RegExp): Promise<void> {
    return shown(this.log.getByText(text, { exact: true }));
  }

  progress(text: string, wanted: string): Promise<void> {
    return progress(this.log, text, wanted);
  }

  reads(pattern: RegExp, wanted: string[]): Promise<void> {
    return reads(this.log, pattern, wanted);
  }
}
