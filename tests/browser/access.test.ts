// The widget for everybody: axe finds nothing in any state, the keyboard reaches everything, what
// comes is spoken once, and a phone's screen is enough.

import assert from 'node:assert/strict';
import { checkAxe } from '../support/axe.ts';
import { type Cast, openHouse } from '../support/browser.ts';
import { until } from '../support/live.ts';
import { gone, shown, type VisitorPage } from '../support/people.ts';
import { png } from '../support/pictures.ts';
import { openShop, type Shop, snippet } from '../support/shop.ts';

const { house, scene } = openHouse();

const WIDE_MARGIN = '<meta name="viewport" content="width=device-width, initial-scale=1">';
const PHONES = [
  { width: 375, height: 667 },
  { width: 360, height: 800 },
];

async function openCalm(html = `<html lang="en">${snippet(house.url)}<main><h1>Shop</h1></main>`) {
  return openShop({ html: WIDE_MARGIN + html });
}

async function inShop(run: (shop: Shop) => Promise<void>, html?: string): Promise<void> {
  const shop = await openCalm(html);
  try {
    await run(shop);
  } finally {
    shop.close();
  }
}

/** Walks through the states of the panel. */
async function checkStates(cast: Cast, visitor: VisitorPage, look: string): Promise<void> {
  const { page, panel } = visitor;
  const text = `Hello from ${look}, see www.example.com`;
  await shown(visitor.launcher);
  await checkAxe(page, `${look}: closed`);
  await visitor.open();
  await until('the site', () => page.getByRole('dialog', { name: 'Demo shop' }).isVisible());
  await checkAxe(page, `${look}: open`);
  const agent = await cast.agent('Ana');
  await visitor.send(text);
  await visitor.progress(text, 'Sent');
  await agent.open('Hello from');
  await agent.reply('Good day!');
  await visitor.sees('Good day!');
  await visitor.progress(text, 'Seen');
  const chooser = page.waitForEvent('filechooser');
  await panel.getByRole('button', { name: 'Attach a file' }).click();
  await (await chooser).setFiles([
    { name: 'lamp.png', mimeType: 'image/png', buffer: png(40, 30) },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') },
  ]);
  await shown(agent.log.getByRole('button', { name: 'Save notes.txt' }));
  await visitor.field.fill('More to say');
  await checkAxe(page, `${look}: talking`);
  await panel.getByRole('button', { name: 'More' }).click();
  await shown(panel.getByRole('combobox'));
  await checkAxe(page, `${look}: menu`);
  await panel.getByRole('button', { name: 'Emoji' }).click();
  await shown(panel.getByRole('button', { name: '👍' }));
  await checkAxe(page, `${look}: emoji`);
  await page.keyboard.press('Escape');
  await agent.closeChat();
  await visitor.sees('This chat was closed. Write to open it again.');
  await shown(panel.getByRole('group', { name: 'How was this chat?' }));
  await checkAxe(page, `${look}: ended`);
  cast.expect(/ERR_INTERNET_DISCONNECTED/, /WebSocket/);
  await page.context().setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await visitor.send('Lost');
  await visitor.progress('Lost', 'Sending…').catch(() => visitor.progress('Lost', 'Queued'));
  await checkAxe(page, `${look}: offline`);
}

for (const [look, options, theme] of [
  ['light', {}, ''],
  ['dark', { colorScheme: 'dark' }, ''],
  ['forced colours', { forcedColors: 'active' }, ''],
  ['reduced motion, in a light yellow', { reducedMotion: 'reduce' }, 'data-color="#ffef5e"'],
  ['a phone, in a dark blue in the dark', 'phone', 'data-color="#0a0a70" data-theme="dark"'],
] as const) {
  scene(`V26 axe finds nothing: ${look}`, async (cast) => {
    const html = `<html lang="en">${snippet(house.url, theme)}<main><h1>Shop</h1></main>`;
    await inShop(async (shop) => {
      const phone = { viewport: PHONES[0], hasTouch: true, isMobile: true } as const;
      const visitor = await cast.visitor(options === 'phone' ? phone : options, shop.url);
      await checkStates(cast, visitor, look);
    }, html);
  });
}

scene('V06 the keyboard reaches everything, in the order of the eye', async (cast) => {
  await inShop(async (shop) => {
    const { page, launcher, panel } = await cast.visitor({}, shop.url);
    const focused = () =>
      page.evaluate(() => {
        const host = document.activeElement?.shadowRoot?.activeElement;
        return host?.getAttribute('aria-label') ?? host?.tagName ?? document.activeElement?.tagName;
      });
    await launcher.focus();
    await page.keyboard.press('Enter');
    await until('the composer', async () => (await focused()) === 'Message');
    await shown(panel.getByRole('button', { name: 'Attach a file' }));
    const before: unknown[] = [];
    for (let steps = 0; steps < 3; steps += 1) {
      await page.keyboard.press('Shift+Tab');
      before.push(await focused());
    }
    assert.deepEqual(before, ['Messages', 'Close chat', 'More']);
    await page.keyboard.press('Enter');
    await shown(panel.getByRole('combobox', { name: 'Language' }));
    const after: unknown[] = [];
    for (let steps = 0; steps < 9; steps += 1) {
      await page.keyboard.press('Tab');
      after.push(await focused());
    }
    const menu = ['SELECT', 'INPUT', 'BUTTON'];
    const rest = ['Messages', 'Message', 'Attach a file', 'Emoji', 'Close chat'];
    assert.deepEqual(after, ['Close chat', ...menu, ...rest]);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Escape');
    await gone(panel.getByRole('combobox'));
    assert.equal(await focused(), 'Message');
    await page.keyboard.press('Escape');
    await gone(panel);
  });
});

scene('V26 there is one live region, and what comes is put into it once', async (cast) => {
  const agent = await cast.agent('Ana');
  await inShop(async (shop) => {
    const visitor = await cast.visitor({}, shop.url);
    const { page } = visitor;
    await visitor.open();
    await visitor.send('Anybody there?');
    await visitor.progress('Anybody there?', 'Sent');
    const regions = await page.evaluate(() => {
      const hosts = [...document.querySelectorAll('div')].flatMap((one) => one.shadowRoot ?? []);
      const live = '[role=log], [role=status], [role=alert], [aria-live]:not([aria-live=off])';
      return hosts.flatMap((root) => [...root.querySelectorAll(live)].map(({ role }) => role));
    });
    assert.deepEqual(regions, ['log']);
    await visitor.log.evaluate((log) => {
      const spoken: string[] = [];
      Object.assign(window, { spoken });
      const note = ({ addedNodes, target, type }: MutationRecord) => {
        const quiet = (target.parentElement ?? (target as Element)).closest('[aria-live=off]');
        if (quiet || (target as Element).ariaHidden) return;
        const nodes = type === 'characterData' ? [target] : [...addedNodes];
        spoken.push(...nodes.map(({ textContent }) => textContent ?? ''));
      };
      const watch = { childList: true, characterData: true, subtree: true };
      new MutationObserver((all) => all.forEach(note)).observe(log, watch);
    });
    await agent.open('Anybody there?');
    await agent.reply('Yes, me');
    await visitor.sees('Yes, me');
    await visitor.progress('Anybody there?', 'Seen');
    await visitor.send('Fine');
    await visitor.progress('Fine', 'Seen');
    const spoken = await page.evaluate(() => Reflect.get(window, 'spoken') as string[]);
    const times = (text: string) => spoken.filter((one) => one.includes(text)).length;
    assert.deepEqual([times('Yes, me'), times('Fine'), times('Seen')], [1, 1, 0], spoken.join('|'));
  });
});

for (const viewport of PHONES) {
  const size = `${viewport.width}×${viewport.height}`;
  scene(`V23 ${size}: the panel fills the screen, and back closes it`, async (cast) => {
    await inShop(async (shop) => {
      const phone = { viewport, hasTouch: true, isMobile: true };
      const visitor = await cast.visitor(phone, shop.url);
      const { page, panel, launcher } = visitor;
      const scrolls = () =>
        page.evaluate(() => getComputedStyle(document.documentElement).overflow);
      const box = async () => JSON.stringify(await panel.boundingBox());
      const whole = JSON.stringify({ x: 0, y: 0, ...viewport });
      await page.evaluate(() => history.replaceState({ router: 7 }, '', '/lamps'));
      await launcher.tap();
      await until('a panel over the whole screen', async () => (await box()) === whole);
      await until('a page that stands still', async () => (await scrolls()) === 'hidden');
      assert.equal(await page.evaluate(() => history.state.router), 7, 'the router’s state stays');
      assert.equal(await panel.getAttribute('aria-modal'), 'true');
      const more = panel.getByRole('button', { name: 'More' });
      await more.tap();
      await shown(panel.getByRole('combobox'));
      await more.tap();
      await gone(panel.getByRole('combobox'));
      // The keyboard comes: half of the screen is left, and the composer is in it.
      await page.evaluate(() => {
        const view = visualViewport as VisualViewport;
        Object.defineProperty(view, 'height', { value: 300, configurable: true });
        Object.defineProperty(view, 'offsetTop', { value: 40, configurable: true });
        view.dispatchEvent(new Event('resize'));
      });
      const field = await visitor.field.boundingBox();
      assert.ok(field && field.y > 40 && field.y + field.height < 340, JSON.stringify(field));
      await page.goBack();
      await gone(panel);
      assert.equal(page.url(), `${shop.url}/lamps`);
      assert.equal(await scrolls(), 'visible');
      await launcher.tap();
      await until('an entry', () => page.evaluate(() => history.state.edgewise === true));
      await panel.getByRole('button', { name: 'Close chat' }).tap();
      await gone(panel);
      await until('no entry', () => page.evaluate(() => history.state.edgewise === undefined));
      assert.equal(page.url(), `${shop.url}/lamps`);
    });
  });
}

scene('V24 Arabic is mirrored, and each text has its own direction', async (cast) => {
  await inShop(async (shop) => {
    const visitor = await cast.visitor({ locale: 'ar-EG' }, shop.url);
    const { page } = visitor;
    await page.getByRole('button', { name: 'فتح المحادثة' }).click();
    const panel = page.getByRole('dialog');
    await panel.getByRole('textbox', { name: 'رسالة' }).fill('Is it 12 €?');
    await page.keyboard.press('Enter');
    await shown(panel.getByText('أُرسلت'));
    await panel.getByRole('textbox').fill('هل هو 12 €؟');
    await page.keyboard.press('Enter');
    const place = async (name: string) => {
      const text = panel.getByText(name, { exact: true });
      const box = await text.boundingBox();
      const direction = await text.evaluate((element) => getComputedStyle(element).direction);
      return { x: box?.x ?? 0, direction };
    };
    const frame = await panel.boundingBox();
    assert.ok(frame && frame.x < 100, 'the panel is on the left');
    const latin = await place('Is it 12 €?');
    const arabic = await place('هل هو 12 €؟');
    assert.deepEqual([latin.direction, arabic.direction], ['ltr', 'rtl']);
    assert.ok(latin.x < frame.x + 40 && arabic.x < frame.x + 40, 'own messages are on the left');
    const send = await panel.getByRole('button', { name: 'إرسال' }).boundingBox();
    const field = await panel.getByRole('textbox').boundingBox();
    assert.ok(send && field && send.x < field.x, 'what sends follows the text');
    // A page may have it on the other side all the same.
    await page.evaluate(() => Reflect.get(window, 'edgewise')('update', { side: 'right' }));
    await until('the panel on the right', async () => ((await panel.boundingBox())?.x ?? 0) > 600);
  });
});
