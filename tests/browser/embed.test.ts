// The widget on pages of others: it keeps to itself until it is asked, and wherever it may not be.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openHouse, STRANGER } from '../support/browser.ts';
import { until } from '../support/live.ts';
import { gone, shown, socketsOf } from '../support/people.ts';
import { openShop, type Shop, snippet, strictPolicy } from '../support/shop.ts';

const { house, scene } = openHouse();

/** Pasted twice into a page with the strictest policy. */
function openStrictShop(): Promise<Shop> {
  const script = snippet(house.url);
  return openShop({ html: `${script}<h1>Shop</h1>${script}`, policy: strictPolicy(house.url) });
}

/** What the page's origin holds: nothing, for a visitor who has not asked for a chat. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const names = databases.map(({ name }) => `database ${name}`);
    return [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...names];
  });
}

scene('V05 nothing is stored and no socket opened before the panel is', async (cast) => {
  const context = await cast.context();
  const page = await context.newPage();
  const sockets = socketsOf(page);
  const calls: string[] = [];
  page.on('request', (request) => calls.push(new URL(request.url()).pathname));
  await page.goto(`${cast.url}/demo`);
  const launcher = page.getByRole('button', { name: /chat/i });
  await shown(launcher);
  await page.waitForLoadState('networkidle');
  assert.deepEqual(await kept(page), []);
  assert.deepEqual(await context.cookies(), []);
  assert.deepEqual(sockets, []);
  assert.deepEqual(
    calls.filter((path) => path.startsWith('/api/') || path.startsWith('/widget/')),
    [],
  );
  await launcher.click();
  await until('a socket', () => sockets.length > 0);
  assert.notDeepEqual(await kept(page), []);
});

/** What the browser inside of an app says of itself, and what it has not. */
const WEB_VIEW =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36';
const LACKING = `
  for (const name of ['Notification', 'BroadcastChannel', 'SharedWorker', 'navigation'])
    Reflect.deleteProperty(window, name);
  for (const name of ['locks', 'serviceWorker', 'clipboard', 'share'])
    Reflect.deleteProperty(Navigator.prototype, name);`;

scene('inside of an app the chat works as anywhere', async (cast) => {
  const agent = await cast.agent('Ana');
  const shop = await openShop({
    html: `<meta name="viewport" content="width=device-width">${snippet(house.url)}`,
    policy: strictPolicy(house.url),
  });
  try {
    const context = await cast.context({
      userAgent: WEB_VIEW,
      viewport: { width: 360, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    await context.addInitScript(LACKING);
    const visitor = await cast.tab(context, shop.url);
    assert.equal(await visitor.page.evaluate(() => 'BroadcastChannel' in window), false);
    await visitor.launcher.tap();
    await visitor.send('From an app');
    await visitor.arrives('From an app');
    await agent.open('From an app');
    await agent.reply('Welcome');
    await visitor.sees('Welcome');
    await visitor.page.reload();
    await visitor.launcher.tap();
    await visitor.sees('From an app');
    await visitor.sees('Welcome');
  } finally {
    shop.close();
  }
});

scene('where third parties may store nothing, the chat lasts as long as the page', async (cast) => {
  const agent = await cast.agent('Ana');
  const shop = await openShop({ html: snippet(house.url) });
  // The one is a name, the other an address: two sites, so the frame is a third party.
  const around = await openShop({ html: `<iframe src="${shop.url}" width="500" height="700">` });
  try {
    const page = await (await cast.context()).newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(around.url.replace('localhost', '127.0.0.1'));
    const frame = page.frameLocator('iframe');
    const panel = frame.getByRole('dialog');
    await frame.getByRole('button', { name: 'Open chat' }).click();
    const denied = page.frames()[1]?.evaluate(() => localStorage.length);
    await assert.rejects(Promise.resolve(denied), /Access is denied/);
    await panel.getByRole('textbox', { name: 'Message' }).fill('From a frame');
    await panel.getByRole('button', { name: 'Send' }).click();
    await shown(panel.getByText(/· Sent$/));
    await agent.open('From a frame');
    await agent.reply('Framed');
    await shown(panel.getByText('Framed', { exact: true }));
    assert.deepEqual(
      said.filter((line) => line.startsWith('Edgewise:')),
      ['Edgewise: no storage here.'],
    );
  } finally {
    shop.close();
    around.close();
  }
});

scene('V06 names, roles and keys of the panel', async (cast) => {
  const visitor = await cast.visitor();
  const { page, launcher, panel } = visitor;
  assert.equal(await launcher.getAttribute('aria-expanded'), 'false');
  const box = await launcher.boundingBox();
  assert(box && box.width >= 44 && box.height >= 44, 'the launcher is large enough for a finger');
  await launcher.focus();
  await page.keyboard.press('Enter');
  await shown(panel);
  await shown(page.getByRole('dialog', { name: 'Demo shop' }));
  await shown(panel.getByRole('log', { name: 'Messages' }));
  await shown(panel.getByRole('textbox', { name: 'Message' }));
  await shown(panel.getByRole('button', { name: 'Send' }));
  const hasFocus = (element: Element) =>
    (element.getRootNode() as ShadowRoot).activeElement === element;
  await until('focus in the composer', () => visitor.field.evaluate(hasFocus));
  const expanded = page.getByRole('button', { name: /chat/i, expanded: true });
  assert.equal(await expanded.count(), 1);
  await page.keyboard.press('Escape');
  await gone(panel);
  await until('focus back on the launcher', () => launcher.evaluate(hasFocus));
  assert.equal(await launcher.getAttribute('aria-expanded'), 'false');
});

scene('V28 Enter while an input method composes does not send', async (cast) => {
  const visitor = await cast.visitor();
  await visitor.open();
  await visitor.field.fill('nihao');
  const wasTaken = await visitor.field.evaluate((field) => {
    const press = (init: KeyboardEventInit) => {
      const all = { key: 'Enter', bubbles: true, composed: true, cancelable: true, ...init };
      return !field.dispatchEvent(new KeyboardEvent('keydown', all));
    };
    field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    const taken = [press({ isComposing: true }), press({ keyCode: 229 })];
    field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    return taken;
  });
  assert.deepEqual(wasTaken, [false, false]);
  assert.equal(await visitor.field.inputValue(), 'nihao');
  await visitor.field.press('Shift+Enter');
  await visitor.field.pressSequentially('ma');
  await visitor.field.press('Enter');
  await visitor.reads(/^(nihao|ma)$/, ['nihao', 'ma']);
  await visitor.arrives('ma');
  assert.equal(await visitor.field.inputValue(), '');
});

scene('V01, V03 pasted twice into a page with a strict policy', async (cast) => {
  const shop = await openStrictShop();
  try {
    const context = await cast.context();
    await context.addInitScript(() => {
      const all: string[] = [];
      Object.assign(window, { violations: all });
      addEventListener('securitypolicyviolation', (event) =>
        all.push(`${event.effectiveDirective} ${event.blockedURI}`),
      );
    });
    const page = await context.newPage();
    const sockets = socketsOf(page);
    const visitor = await cast.tab(context, shop.url, page);
    await visitor.open();
    await page.waitForLoadState('networkidle');
    const dialogs = page.getByRole('dialog');
    const launchers = page.getByRole('button', { name: /chat/i, expanded: true });
    assert.deepEqual([await dialogs.count(), await launchers.count()], [1, 1]);
    await visitor.send('From under a strict policy');
    await visitor.arrives('From under a strict policy');
    await visitor.panel.getByRole('button', { name: 'Emoji' }).click();
    await visitor.panel.getByRole('button', { name: '👍' }).click();
    assert.equal(await visitor.field.inputValue(), '👍');
    await visitor.choose('Deutsch');
    await shown(visitor.panel.getByRole('textbox', { name: 'Nachricht' }));
    assert.equal(sockets.length, 1);
    const violations = await page.evaluate(() => Reflect.get(window, 'violations'));
    assert.deepEqual(violations, []);
  } finally {
    shop.close();
  }
});

scene('V29 a page whose origin is not allowed is refused, and told so once', async (cast) => {
  const shop = await openStrictShop();
  try {
    cast.expect(/status of 403 .*\/api\/visitors$/);
    const context = await cast.context();
    const page = await context.newPage();
    const sockets = socketsOf(page);
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    const visitor = await cast.tab(context, `http://${STRANGER}:${shop.port}/`, page);
    await visitor.open();
    await visitor.sees('Chat is not available here');
    await gone(visitor.field);
    const ours = said.filter((line) => line.startsWith('Edgewise:'));
    assert.equal(ours.length, 1, ours.join('\n'));
    assert.match(ours[0] ?? '', /origin_not_allowed/);
    assert.ok(ours[0]?.includes(`http://${STRANGER}:${shop.port}`), ours[0]);
    assert.deepEqual(sockets, []);
  } finally {
    shop.close();
  }
});
