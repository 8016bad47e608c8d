// What a visitor has seen as queued or sent is neither lost nor doubled, whatever ends: a tab, the
// browser, the network's patience with sockets, or a piece of history. Each time the agent's side,
// or a reader that is no browser, is the judge.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { type Cast, openHouse } from '../support/browser.ts';
import { events, PASSWORD, say, texts, until, Visitor } from '../support/live.ts';
import { gone, shown, type VisitorPage } from '../support/people.ts';
import { Profile } from '../support/profile.ts';
import { Wire } from '../support/wire.ts';

const { house, scene } = openHouse();

/** What browsers log when a line is gone or blocked. */
const LOST = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_SOCKET|ERR_FAILED|WebSocket connection/;

/** A tab with the panel open, and its line in our hand. */
async function wired(cast: Cast, context: BrowserContext): Promise<[VisitorPage, Wire]> {
  const page = await context.newPage();
  const wire = await Wire.over(page);
  const tab = await cast.tab(context, undefined, page);
  await tab.open();
  return [tab, wire];
}

scene('D6 a tab crashes while it sends: another tab delivers, with no reload', async (cast) => {
  const agent = await cast.agent('Ana');
  const context = await cast.context();
  const [first, wire] = await wired(cast, context);
  await first.send('note 1');
  await first.arrives('note 1');
  const others = [await cast.tab(context), await cast.tab(context)];
  for (const tab of others) {
    await tab.open();
    await tab.reads(/^note/, ['note 1']);
  }
  // One message is stored, but its ack gets lost; the others do not leave the tab.
  wire.lose((frame) => frame.t === 'ack');
  await first.send('note 2');
  await agent.open('note 2');
  wire.hold((frame) => frame.t === 'send');
  for (const text of ['note 3', 'note 4']) await first.send(text);
  await first.sees('note 4');
  const crashed = first.page.waitForEvent('crash');
  const session = await context.newCDPSession(first.page);
  session.send('Page.crash').catch(() => {});
  await crashed;
  const all = ['note 1', 'note 2', 'note 3', 'note 4'];
  await agent.reads(/^note/, all);
  for (const tab of others) {
    await tab.reads(/^note/, all);
    await tab.progress('note 4', 'Seen');
  }
});

scene('D6 the browser is killed with messages queued and on the way', async (cast) => {
  const agent = await cast.agent('Ana');
  const profile = new Profile();
  try {
    const [first, wire] = await wired(cast, await profile.start());
    wire.hold((frame) => frame.t === 'send');
    await first.send('note 1');
    await first.progress('note 1', 'Sending…');
    wire.lose((frame) => frame.t === 'ack');
    wire.release();
    await agent.open('note 1');
    await wire.cut();
    for (const text of ['note 2', 'note 3']) await first.send(text);
    await first.progress('note 3', 'Queued');
    await profile.kill();
    const again = await cast.tab(await profile.start());
    await again.open();
    const all = ['note 1', 'note 2', 'note 3'];
    await again.progress('note 3', 'Seen');
    await again.reads(/^note/, all);
    await agent.reads(/^note/, all);
  } finally {
    await profile.end();
  }
});

scene('D6 three tabs without a connection show the same queue, and send it once', async (cast) => {
  cast.expect(LOST);
  const agent = await cast.agent('Ana');
  const context = await cast.context();
  const tabs = [await wired(cast, context), await wired(cast, context), await wired(cast, context)];
  const [[first], [second], [third]] = tabs as [
    [VisitorPage, Wire],
    [VisitorPage, Wire],
    [VisitorPage, Wire],
  ];
  await first.send('note 1');
  for (const [tab] of tabs) await tab.arrives('note 1');
  await agent.open('note 1');
  for (const [, wire] of tabs) await wire.cut();
  await first.send('note 2');
  await second.progress('note 2', 'Queued');
  await second.send('note 3');
  await third.progress('note 3', 'Queued');
  await third.send('note 4');
  const all = ['note 1', 'note 2', 'note 3', 'note 4'];
  for (const [tab] of tabs) {
    await tab.progress('note 4', 'Queued');
    await tab.reads(/^note/, all);
  }
  await context.setOffline(false);
  for (const [tab] of tabs) await tab.progress('note 4', 'Seen');
  for (const [tab] of tabs) await tab.reads(/^note/, all);
  await agent.reads(/^note/, all);
});

scene(
  'S7 what is refused in one tab shows in the other, and Discard counts in both',
  async (cast) => {
    const context = await cast.context();
    // Either tab may be the first to send what one of them has written.
    let refuses = true;
    await context.routeWebSocket(/\/ws\//, (end) => {
      const worker = end.connectToServer();
      end.onMessage((message) => {
        const frame = message === 'ping' ? { t: 'ping' } : JSON.parse(String(message));
        const code = 'id_reused';
        if (frame.t !== 'send' || !refuses) worker.send(message);
        else end.send(JSON.stringify({ t: 'rejected', client_id: frame.client_id, code }));
      });
    });
    const first = await cast.tab(context);
    const second = await cast.tab(context);
    for (const tab of [first, second]) await tab.open();
    for (const text of ['note 1', 'note 2']) await first.send(text);
    const failed = (tab: VisitorPage) => tab.log.getByText('Not sent');
    for (const tab of [first, second]) {
      await until('both to be refused', async () => (await failed(tab).count()) === 2);
    }
    await second.log.getByRole('button', { name: 'Discard' }).first().click();
    await first.reads(/^note/, ['note 2']);
    refuses = false;
    await second.log.getByRole('button', { name: 'Retry' }).click();
    await second.arrives('note 2');
    for (const tab of [first, second]) {
      await gone(failed(tab));
      await tab.reads(/^note/, ['note 2']);
    }
  },
);

const REFUSING = {
  'the database': () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
  },
  'all storage': () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  },
};

for (const [what, refuse] of Object.entries(REFUSING)) {
  scene(`D6 where ${what} is refused, the page says so, and asks before it goes`, async (cast) => {
    cast.expect(LOST);
    const agent = await cast.agent('Ana');
    const context = await cast.context();
    await context.addInitScript(refuse);
    const [visitor, wire] = await wired(cast, context);
    await visitor.send('note 1');
    await visitor.arrives('note 1');
    await agent.open('note 1');
    await wire.cut();
    await visitor.send('note 2');
    await visitor.progress('note 2', 'Queued');
    await visitor.sees(
      'No connection. Reconnecting… Keep this page open until your message is sent',
    );
    const asked = visitor.page.waitForEvent('dialog');
    await visitor.page.close({ runBeforeUnload: true });
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    await wire.mend();
    await visitor.progress('note 2', 'Seen');
    await agent.reads(/^note/, ['note 1', 'note 2']);
    // With nothing left to lose, nothing is asked: a dialog nobody answers would keep the page.
    const closed = visitor.page.waitForEvent('close');
    await visitor.page.close({ runBeforeUnload: true });
    await closed;
  });
}

/** How a network may keep sockets from a page. */
const BLOCKS: Record<string, (page: Page) => Promise<void>> = {
  refuses: (page) => page.routeWebSocket(/\/ws\//, (end) => end.close({ code: 1001 })),
  swallows: (page) => page.routeWebSocket(/\/ws\//, () => {}),
};

for (const [how, block] of Object.entries(BLOCKS)) {
  scene(
    `D9 a network that ${how} sockets: the same conversation goes by requests`,
    async (cast) => {
      cast.expect(LOST);
      const agent = await cast.agent('Ana');
      const context = await cast.context();
      const page = await context.newPage();
      await block(page);
      const visitor = await cast.tab(context, undefined, page);
      await visitor.open();
      await visitor.send('note 1');
      await until('the message to arrive', () => agent.item('note 1').isVisible(), 60_000);
      await visitor.arrives('note 1');
      await gone(visitor.log.getByText('No connection'));
      await visitor.sees(`${agent.name} is here`);
      await agent.open('note 1');
      await visitor.progress('note 1', 'Seen');
      await agent.field.pressSequentially('no');
      await visitor.sees(`${agent.name} is typing…`);
      await agent.reply('note 2');
      await visitor.sees('note 2');
      await agent.progress('note 2', 'Seen');
      // Every request fails for a while, those that wait among them.
      await page.route('**/api/**', (route) => route.abort('connectionfailed'));
      await context.setOffline(true);
      for (const text of ['note 3', 'note 4']) await visitor.send(text);
      await visitor.progress('note 4', 'Queued');
      await agent.reply('note 5');
      await agent.progress('note 5', 'Sent');
      await page.unroute('**/api/**');
      await context.setOffline(false);
      const all = ['note 1', 'note 2', 'note 5', 'note 3', 'note 4'];
      await until('the messages to arrive', () => agent.item('note 4').isVisible(), 60_000);
      await visitor.progress('note 4', 'Seen');
      await visitor.reads(/^note/, all);
      await agent.reads(/^note/, all);
    },
  );
}

scene('D9 a console whose sockets are blocked says what to ask for', async (cast) => {
  cast.expect(LOST);
  const { email } = await house.hire('Ana', 5);
  const agent = await cast.console();
  await BLOCKS.refuses?.(agent.page);
  await agent.enter(email, PASSWORD);
  await shown(agent.page.getByText(/^This network lets pages through but blocks WebSockets/));
});

scene('D9 an answer of a request that is lost costs nothing and doubles nothing', async (cast) => {
  cast.expect(LOST);
  const agent = await cast.agent('Ana');
  const context = await cast.context();
  const page = await context.newPage();
  await BLOCKS.refuses?.(page);
  let lose = 0;
  await page.route('**/api/poll', async (route) => {
    const sends = route.request().postData()?.includes('\\"t\\":\\"send') === true;
    if (!sends || lose === 0) return route.continue();
    lose -= 1;
    await route.fetch();
    await route.abort('connectionfailed');
  });
  const visitor = await cast.tab(context, undefined, page);
  await visitor.open();
  for (const text of ['note 1', 'note 2', 'note 3']) {
    lose = 1;
    await visitor.send(text);
    await until('a lost answer', () => lose === 0);
  }
  await agent.open('note 3');
  await visitor.progress('note 3', 'Seen');
  const all = ['note 1', 'note 2', 'note 3'];
  await visitor.reads(/^note/, all);
  await agent.reads(/^note/, all);
});

scene(
  'D4 a backup is restored: the page follows it, and what it wrote arrives once',
  async (cast) => {
    cast.expect(LOST, /status of 50\d/);
    const { worker } = house;
    const backup = mkdtempSync(join(tmpdir(), 'edgewise-backup-'));
    try {
      const context = await cast.context();
      const [visitor] = await wired(cast, context);
      await visitor.send('note 1');
      await visitor.arrives('note 1');
      const secret = await visitor.page.evaluate(() => localStorage.getItem('edgewise:demo'));
      await worker.kill();
      cpSync(worker.state, backup, { recursive: true });
      await worker.start();
      for (const text of ['note 2', 'note 3']) await visitor.send(text);
      await visitor.arrives('note 3');
      await worker.kill();
      rmSync(worker.state, { recursive: true });
      cpSync(backup, worker.state, { recursive: true });
      await visitor.send('note 4');
      await visitor.progress('note 4', 'Queued');
      // History goes on otherwise, before the page is back.
      await context.setOffline(true);
      await worker.start();
      const other = new Visitor(house.url, secret ?? '');
      const tab = await other.tab();
      for (const text of ['note 5', 'note 6', 'note 7']) {
        await say(tab, text.replace(' ', ''), text);
      }
      await context.setOffline(false);
      await visitor.arrives('note 4');
      const all = ['note 1', 'note 5', 'note 6', 'note 7', 'note 4'];
      await visitor.reads(/^note/, all);
      assert.deepEqual(texts(events(await other.tab())), all);
    } finally {
      rmSync(backup, { recursive: true });
    }
  },
);
