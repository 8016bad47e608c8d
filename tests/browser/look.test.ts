// Languages, small screens, dark and calm ones; and the way in and out of the console.

import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { openHouse } from '../support/browser.ts';
import { PASSWORD, until } from '../support/live.ts';
import { AgentPage, gone, shown, socketsOf } from '../support/people.ts';

const { house, scene } = openHouse();

const PHONE = { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true };
/** One word, wider than any screen. */
const WIDE = 'x'.repeat(400);

/** How light the ground is on which an element stands, and its text: 0 is black, 1 is white. */
function lightness(element: Locator): Promise<{ ground: number; ink: number }> {
  return element.evaluate((start) => {
    const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (!paint) throw new Error('no canvas');
    const read = (color: string): [number, number] => {
      paint.clearRect(0, 0, 1, 1);
      paint.fillStyle = color;
      paint.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = paint.getImageData(0, 0, 1, 1).data;
      return [(0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255, alpha];
    };
    const [ink] = read(getComputedStyle(start).color);
    for (let at: Element | null = start; at; ) {
      const [ground, alpha] = read(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return { ground, ink };
      const root = at.getRootNode();
      at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
    }
    return { ground: 1, ink };
  });
}

async function checkDark(...all: Locator[]): Promise<void> {
  for (const element of all) {
    const { ground, ink } = await lightness(element);
    assert.ok(ground < 0.3 && ink > 0.5, `${element}: ink ${ink} on ${ground}`);
  }
}

/** Nothing is wider than the screen. */
async function checkWidth(page: Page, ...logs: Locator[]): Promise<void> {
  const wide = (element: Element) => element.scrollWidth - element.clientWidth;
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
  for (const log of logs) assert.equal(await log.evaluate(wide), 0, `${log} scrolls sideways`);
}

/** Below 16 px a phone zooms into the field. */
async function checkFieldSize(field: Locator): Promise<void> {
  const size = await field.evaluate((element) => getComputedStyle(element).fontSize);
  assert.ok(Number.parseFloat(size) >= 16, `the composer's text is ${size}`);
}

scene('a Chinese browser gets a Chinese widget, and can change it', async (cast) => {
  const { page } = await cast.visitor({ locale: 'zh-CN' });
  await page.getByRole('button', { name: '打开在线客服' }).click();
  const panel = page.getByRole('dialog');
  await shown(panel.getByText('您好！有什么可以帮您？'));
  assert.equal(await panel.getAttribute('lang'), 'zh-CN');
  await panel.getByRole('textbox', { name: '消息' }).fill('台灯有货吗？');
  await panel.getByRole('button', { name: '发送' }).click();
  await shown(panel.getByText('当前没有客服在线。请留言，我们会在这里回复。'));
  await shown(panel.getByText('已发送', { exact: true }));
  await panel.getByRole('button', { name: '更多' }).click();
  const choice = panel.getByRole('combobox', { name: '语言' });
  assert.equal(await choice.inputValue(), 'zh-CN');
  await choice.selectOption({ label: 'English' });
  await shown(panel.getByRole('textbox', { name: 'Message' }));
  await shown(panel.getByText('Sent', { exact: true }));
  await page.reload();
  await page.getByRole('button', { name: 'Open chat' }).click();
  await shown(panel.getByText('台灯有货吗？'));
  await shown(panel.getByRole('textbox', { name: 'Message' }));
});

scene('a Chinese browser gets a Chinese console, and can change it', async (cast) => {
  const hand = await house.hire('Ana', 5);
  const { page } = await cast.console({ locale: 'zh-CN' });
  const entry = page.getByRole('button', { name: '登录', exact: true });
  await shown(entry);
  await page.getByRole('button', { name: 'English' }).click();
  await shown(page.getByRole('button', { name: 'Sign in' }));
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('textbox', { name: '邮箱' }).fill(hand.email);
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await entry.click();
  await page.getByRole('switch', { name: '接受新会话' }).setChecked(true);
  await cast.writer('Hello');
  await page.getByRole('link', { name: /^访客 .*Hello/ }).click();
  await shown(page.getByRole('textbox', { name: '回复' }));
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.getByRole('button', { name: '账号' }).click();
  await page.getByRole('group', { name: '语言' }).getByText('English').click();
  await shown(page.getByRole('textbox', { name: 'Reply' }));
  await page.reload();
  await shown(page.getByRole('textbox', { name: 'Reply' }));
});

scene('V23 the panel fills a phone, and nothing scrolls sideways', async (cast) => {
  const visitor = await cast.visitor(PHONE);
  const { page, panel, log } = visitor;
  await checkWidth(page);
  await visitor.launcher.tap();
  await shown(panel);
  const whole = { x: 0, y: 0, ...PHONE.viewport };
  await until('the panel to fill the screen', async () => {
    return JSON.stringify(await panel.boundingBox()) === JSON.stringify(whole);
  });
  await visitor.field.fill(WIDE);
  await panel.getByRole('button', { name: 'Send' }).tap();
  await visitor.arrives(WIDE);
  await checkWidth(page, panel, log);
  await checkFieldSize(visitor.field);
  await panel.getByRole('button', { name: 'Close chat' }).tap();
  await gone(panel);
  await shown(visitor.launcher);
});

scene('A03 on a phone the console is one pane, with a way back', async (cast) => {
  const hand = await house.hire('Ana', 5);
  const agent = await cast.console(PHONE);
  const { page, list, thread } = agent;
  await checkWidth(page);
  await agent.signIn(hand);
  await agent.accept(true);
  const visitor = await cast.writer(WIDE);
  await agent.item(WIDE).tap();
  await shown(thread);
  await gone(list);
  await agent.sees(WIDE);
  await checkWidth(page, agent.log);
  await checkFieldSize(agent.field);
  await agent.field.fill('From my phone');
  await thread.getByRole('button', { name: 'Send' }).tap();
  await visitor.sees('From my phone');
  await thread.getByRole('button', { name: 'Details' }).tap();
  const drawer = page.getByRole('dialog', { name: 'Details' });
  await shown(drawer.getByText(agent.name));
  await checkWidth(page);
  await page.keyboard.press('Escape');
  await gone(drawer);
  await thread.getByRole('link', { name: 'Back to the list' }).tap();
  await shown(list);
  await gone(thread);
  await checkWidth(page);
});

scene('V25, A17 dark everywhere, where the browser wishes it', async (cast) => {
  const dark = { colorScheme: 'dark' } as const;
  const hand = await house.hire('Ana', 5);
  const agent = await cast.console(dark);
  const body = agent.page.locator('body');
  await shown(agent.page.getByRole('heading'));
  await checkDark(body, agent.page.getByRole('heading'));
  await agent.signIn(hand);
  await agent.accept(true);
  const visitor = await cast.visitor(dark);
  await visitor.open();
  await visitor.send('In the dark');
  await visitor.arrives('In the dark');
  await checkDark(visitor.panel, visitor.field, visitor.log.getByText('In the dark'));
  await agent.open('In the dark');
  await agent.sees('In the dark');
  await checkDark(body, agent.list, agent.thread, agent.field, agent.log.getByText('In the dark'));
  await agent.page.getByRole('button', { name: 'Account' }).click();
  await checkDark(agent.page.getByRole('dialog', { name: 'Account' }));
  await agent.page.getByRole('group', { name: 'Theme' }).getByText('Light').click();
  await until('a light console', async () => (await lightness(agent.thread)).ground > 0.9);
});

scene('V25 nothing moves where the browser wishes it', async (cast) => {
  const moving = (element: Element) => getComputedStyle(element).animationName;
  const lively = await cast.visitor();
  await lively.open();
  assert.notEqual(await lively.panel.evaluate(moving), 'none');
  const calm = await cast.visitor({ reducedMotion: 'reduce' });
  await calm.open();
  assert.equal(await calm.panel.evaluate(moving), 'none');
  await calm.send('Slowly');
  await calm.arrives('Slowly');
  const hand = await house.hire('Ana', 5);
  const agent = await cast.console({ reducedMotion: 'reduce' });
  await agent.signIn(hand);
  await agent.page.keyboard.press('?');
  const sheet = agent.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await shown(sheet);
  await agent.page.keyboard.press('Escape');
  await gone(sheet);
});

scene('A02 a wrong password is refused in words, the right one is not', async (cast) => {
  cast.expect(/status of 401 .*\/api\/sign-in$/);
  const hand = await house.hire('Ana', 5);
  const agent = await cast.console();
  await agent.enter(hand.email, 'not-the-password');
  const alert = agent.page.getByRole('alert');
  await shown(alert.getByText('Email or password is wrong.'));
  await gone(agent.list);
  await agent.signIn(hand);
  await gone(alert);
});

scene('A02 signing out ends every page of this sign-in, and its sockets', async (cast) => {
  cast.expect(/status of 401 .*\/api\//);
  const hand = await house.hire('Ana', 5);
  const agent = await cast.console();
  await agent.signIn(hand);
  await agent.accept(true);
  await cast.writer('Do not go');
  await shown(agent.badge('Do not go', 1));
  // A browser that holds the same cookie, and no page of which hears of the signing out.
  const copy = await cast.context();
  await copy.addCookies(await agent.page.context().cookies());
  const old = new AgentPage(await copy.newPage());
  const sockets = socketsOf(old.page);
  await old.page.goto(`${cast.url}/console`);
  await shown(old.badge('Do not go', 1));
  assert.ok(sockets.length >= 2, 'one of the desk, one of the chat');
  const elsewhere = await cast.console();
  await elsewhere.signIn(hand);
  await agent.signOut();
  const entry = { name: 'Sign in', exact: true };
  await shown(agent.page.getByRole('button', entry));
  await shown(old.page.getByRole('button', entry));
  await shown(old.page.getByText('You have been signed out. Sign in again to go on.'));
  await until('closed sockets', () => sockets.every((socket) => socket.isClosed()));
  await agent.page.goto(`${cast.url}/console`);
  await shown(agent.page.getByRole('button', entry));
  await elsewhere.open('Do not go');
  await elsewhere.reply('Still here');
  await elsewhere.progress('Still here', 'Seen');
});
