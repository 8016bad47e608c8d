// What a page may ask of the widget, and what the widget tells it: docs/embed.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Page } from 'playwright-core';
import { type Cast, openHouse } from '../support/browser.ts';
import { until } from '../support/live.ts';
import { call, gone, shown, socketsOf } from '../support/people.ts';
import { openShop, type Pages, type Shop, snippet, strictPolicy } from '../support/shop.ts';

const { house, scene } = openHouse();

const EMBED = new URL('../../widget/embed.ts', import.meta.url);

/** Runs a scene in a shop of its own. */
function inShop(name: string, pages: () => Pages, run: (shop: Shop, cast: Cast) => Promise<void>) {
  scene(name, async (cast) => {
    const shop = await openShop(pages());
    try {
      await run(shop, cast);
    } finally {
      shop.close();
    }
  });
}

/** What a page hears of the widget, in order. */
const HEARING = `
  window.heard = [];
  for (const name of ['ready', 'open', 'close', 'message', 'sent', 'unread', 'error', 'shutdown']) {
    addEventListener('edgewise:' + name, ({ detail }) => heard.push([name, detail]));
  }`;

const heard = (page: Page) =>
  page.evaluate(() => Reflect.get(window, 'heard') as [string, Record<string, unknown> | null][]);

/** Waits until the widget takes commands. */
const loaded = (page: Page) =>
  until('the widget', () =>
    page.evaluate(() => Reflect.get(Reflect.get(window, 'edgewise') ?? {}, 'live') === true),
  );

/** What the widget has said in the console of the page. */
function saidIn(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('Edgewise:')) said.push(message.text());
  });
  return said;
}

const kept = (page: Page) =>
  page.evaluate(async () => {
    const rows = (await indexedDB.databases()).map(async ({ name = '' }) => {
      const db = await new Promise<IDBDatabase>((done) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => done(request.result);
      });
      const stores = [...db.objectStoreNames].map(
        (store) =>
          new Promise<number>((done) => {
            const request = db.transaction(store).objectStore(store).count();
            request.onsuccess = () => done(request.result);
          }),
      );
      const counts = await Promise.all(stores);
      db.close();
      return counts.reduce((sum, count) => sum + count, 0);
    });
    const held = (await Promise.all(rows)).reduce((sum, count) => sum + count, 0);
    return [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      ...(held ? ['rows'] : []),
    ];
  });

inShop(
  'V02 calls that are made before the load run in order, after the tag’s own',
  () => ({
    html: `<script src="/queue.js"></script>${snippet(house.url, 'data-locale="fr"')}`,
    files: {
      '/queue.js': `
        window.edgewise = function () { (edgewise.q = edgewise.q || []).push(arguments) };
        ${HEARING}
        window.order = [];
        edgewise('on', 'ready', () => order.push('too late'));
        edgewise('on', 'open', () => order.push('open'));
        edgewise('on', 'close', () => order.push('close'));
        edgewise('setLocale', 'de');
        edgewise('open');
        edgewise('close');
        edgewise('open');`,
    },
  }),
  async (shop, cast) => {
    const visitor = await cast.visitor({}, shop.url);
    await shown(visitor.page.getByRole('dialog'));
    await shown(visitor.page.getByRole('textbox', { name: 'Nachricht' }));
    const order = await visitor.page.evaluate(() => Reflect.get(window, 'order'));
    assert.deepEqual(order, ['open', 'close', 'open']);
    const names = (await heard(visitor.page)).map(([name]) => name);
    assert.equal(names[0], 'ready');
    assert.equal(await visitor.page.getByRole('button', { name: 'Chat schließen' }).count(), 2);
  },
);

inShop(
  'commands do what they say, again and again, and an unknown one warns',
  () => ({ html: snippet(house.url), policy: strictPolicy(house.url) }),
  async (shop, cast) => {
    const { page, launcher, panel } = await cast.visitor({}, shop.url);
    const said = saidIn(page);
    await shown(launcher);
    await page.evaluate(HEARING);
    for (const name of ['open', 'open', 'page']) await call(page, name);
    await shown(panel);
    for (const name of ['close', 'close']) await call(page, name);
    await gone(panel);
    await call(page, 'toggle');
    await shown(panel);
    await call(page, 'toggle');
    await gone(panel);
    await call(page, 'hide');
    await gone(launcher);
    await call(page, 'open');
    await shown(panel);
    await call(page, 'close');
    await call(page, 'show');
    await shown(launcher);
    await call(page, 'setLocale', 'ar');
    await shown(page.getByRole('button', { name: 'فتح المحادثة' }));
    await call(page, 'update', { locale: 'en', words: { open: 'Ask us' }, color: '#ffe100' });
    const renamed = page.getByRole('button', { name: 'Ask us' });
    await shown(renamed);
    const styleOf = (element: Element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      return [color, backgroundColor];
    };
    const black = ['color(xyz-d65 0 0 0)', 'rgb(255, 225, 0)'];
    assert.deepEqual(await renamed.evaluate(styleOf), black, 'dark on a light colour');
    const schemeOf = (element: Element) => getComputedStyle(element).colorScheme;
    await call(page, 'setTheme', 'dark');
    assert.equal(await renamed.evaluate(schemeOf), 'dark');
    await call(page, 'setTheme', 'auto');
    assert.equal(await renamed.evaluate(schemeOf), 'light dark');
    await call(page, 'boot', { site: 'demo' });
    assert.equal(await page.getByRole('button').count(), 1, 'booting again changes nothing');
    for (const name of ['sing', 'constructor']) await call(page, name);
    assert.deepEqual(said, ['Edgewise: no command "sing".', 'Edgewise: no command "constructor".']);
    const names = (await heard(page)).map(([name]) => name).filter((name) => name !== 'unread');
    assert.deepEqual(names, ['open', 'close', 'open', 'close', 'open', 'close']);
  },
);

inShop(
  'the page hears of messages, of its own as well, and of what is unread',
  () => ({ html: snippet(house.url) }),
  async (shop, cast) => {
    const agent = await cast.agent('Ana');
    const visitor = await cast.visitor({}, shop.url);
    const { page } = visitor;
    await page.evaluate(HEARING);
    await visitor.open();
    await visitor.send('Is Vik in stock?');
    await visitor.arrives('Is Vik in stock?');
    await page.keyboard.press('Escape');
    await agent.open('Is Vik in stock?');
    await agent.reply('Yes, two of them');
    const named = page.getByRole('button', { name: 'Open chat, 1 new message' });
    await shown(named);
    await until('the title', async () => (await page.title()) === '(1) Shop');
    const told = (await heard(page)).filter(([name]) => name === 'message' || name === 'sent');
    assert.deepEqual(told, [
      ['sent', { seq: 1, text: 'Is Vik in stock?' }],
      ['message', { seq: 3, text: 'Yes, two of them', author: agent.name }],
    ]);
    await named.click();
    await until('the title as it was', async () => (await page.title()) === 'Shop');
    const counts = (await heard(page)).flatMap(([name, detail]) =>
      name === 'unread' ? [detail?.count] : [],
    );
    assert.deepEqual(counts.slice(-2), [1, 0]);
    // Told once: a reload tells nothing again.
    await page.addInitScript(HEARING);
    await page.reload();
    await visitor.open();
    await visitor.sees('Yes, two of them');
    assert.ok(!(await heard(page)).some(([name]) => name === 'message' || name === 'sent'));
  },
);

inShop(
  'V06 a launcher of the page’s own opens the panel, and gets the focus back',
  () => ({
    html: `<button data-edgewise-open><b>Talk to us</b></button>
      <a href="/away" data-edgewise-open>or here</a>${snippet(house.url, 'data-launcher="off"')}`,
  }),
  async (shop, cast) => {
    const { page, panel, launcher } = await cast.visitor({}, shop.url);
    await loaded(page);
    await gone(launcher);
    const own = page.getByRole('button', { name: 'Talk to us' });
    await own.focus();
    await page.keyboard.press('Enter');
    await shown(panel);
    await page.keyboard.press('Escape');
    await gone(panel);
    const hasFocus = (element: Element) => document.activeElement === element;
    await until('the focus back', () => own.evaluate(hasFocus));
    await page.getByRole('link', { name: 'or here' }).click();
    await shown(panel);
    assert.equal(page.url(), `${shop.url}/`);
  },
);

inShop(
  'V05 a page that waits for consent loads, shows and stores nothing',
  () => ({ html: snippet(house.url, 'data-consent="wait"') }),
  async (shop, cast) => {
    const context = await cast.context();
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const { launcher, panel } = await cast.tab(context, shop.url, page);
    await loaded(page);
    await call(page, 'open');
    await page.waitForLoadState('networkidle');
    assert.equal(await page.getByRole('button').count(), 0);
    assert.deepEqual(await kept(page), []);
    assert.deepEqual(
      asked.filter((path) => path !== '/favicon.ico'),
      ['/', '/widget.js'],
    );
    await call(page, 'consent', true);
    // The page wanted it open all the time.
    await shown(panel);
    await until('something kept', async () => (await kept(page)).length > 0);
    await call(page, 'consent', false);
    await gone(launcher);
    await until('nothing kept', async () => (await kept(page)).length === 0);
    await call(page, 'consent', true);
    await shown(launcher);
  },
);

inShop(
  'V16 shutdown leaves nothing, and the next visitor sees nothing, in other tabs as well',
  () => ({ html: snippet(house.url) }),
  async (shop, cast) => {
    const context = await cast.context();
    const one = await cast.tab(context, shop.url);
    await one.open();
    await one.send('My secret order');
    await one.arrives('My secret order');
    const two = await cast.tab(context, shop.url);
    await two.open();
    await two.sees('My secret order');
    const page = one.page;
    await page.evaluate(HEARING);
    await call(page, 'shutdown');
    await call(page, 'shutdown');
    await gone(one.launcher);
    await gone(two.panel);
    await until('nothing kept', async () => (await kept(page)).length === 0);
    assert.deepEqual(
      (await heard(page)).map(([name]) => name),
      ['close', 'shutdown'],
    );
    await call(page, 'boot', { site: 'demo' });
    for (const next of [one, two]) {
      await next.open();
      await next.send('Hello, I am new');
      await next.arrives('Hello, I am new');
      await gone(next.log.getByText('My secret order'));
    }
    // Both tabs are the same new visitor.
    await one.reads(/^(Hello, I|My)/, ['Hello, I am new', 'Hello, I am new']);
  },
);

inShop(
  'V14 a router’s moves and a swapped body keep the panel, its text and its socket',
  () => ({ html: `${snippet(house.url)}<h1>Shop</h1>` }),
  async (shop, cast) => {
    const context = await cast.context();
    const page = await context.newPage();
    const sockets = socketsOf(page);
    const visitor = await cast.tab(context, shop.url, page);
    await visitor.open();
    await visitor.send('Before the swap');
    await visitor.arrives('Before the swap');
    await visitor.field.fill('half a thou');
    const hellos: string[] = [];
    sockets[0]?.on('framesent', ({ payload }) => {
      if (String(payload).includes('"hello"'))
        hellos.push(JSON.parse(String(payload)).context.page);
    });
    await page.evaluate(() => history.pushState({}, '', '/lamps/vik'));
    await until('the page told', () => hellos.includes(`${shop.url}/lamps/vik`));
    await page.evaluate(() => {
      const body = document.createElement('body');
      body.append('Another page');
      document.body.replaceWith(body);
    });
    await shown(visitor.panel);
    assert.equal(await visitor.field.inputValue(), 'half a thou');
    await page.evaluate(() => document.body.replaceChildren('A third page'));
    await shown(visitor.panel);
    await visitor.send('After the swap');
    await visitor.arrives('After the swap');
    assert.equal(sockets.length, 1);
    assert.equal(await page.getByRole('dialog').count(), 1);
  },
);

inShop(
  'a bundled page loads the widget by import, once, under Trusted Types',
  () => ({
    html: '<script type="module" src="/app.js"></script>',
    policy: strictPolicy(house.url).map((rule) => rule.replace('script-src', "script-src 'self'")),
    files: {
      '/embed.js': stripTypeScriptTypes(readFileSync(EMBED, 'utf8')),
      '/app.js': `
        import { load } from '/embed.js';
        const edgewise = load('${house.url}/');
        edgewise('boot', { site: 'demo', locale: 'it' });
        load('${house.url}')('open');`,
    },
  }),
  async (shop, cast) => {
    const { page } = await cast.visitor({}, shop.url);
    await shown(page.getByRole('dialog'));
    await shown(page.getByRole('textbox', { name: 'Messaggio' }));
    assert.equal(await page.getByRole('dialog').count(), 1);
  },
);

inShop(
  'a page may pin the script by its hash',
  () => ({ html: '<h1>Shop</h1>' }),
  async (shop, cast) => {
    cast.expect(/Failed to find a valid digest/);
    const { script, integrity } = await (await fetch(`${house.url}/widget.json`)).json();
    const tag = (hash: string) =>
      `<script async crossorigin src="${house.url}${script}" integrity="${hash}"
        data-site="demo"></script>`;
    for (const [hash, works] of [
      [integrity, true],
      [integrity.replace(/-.{4}/, '-AAAA'), false],
    ] as const) {
      const { page, launcher } = await cast.visitor({}, shop.url);
      await page.setContent(tag(hash));
      await page.waitForLoadState('networkidle');
      if (!works) return assert.equal(await launcher.count(), 0);
      await launcher.click();
      await shown(page.getByRole('textbox', { name: 'Message' }));
    }
  },
);

scene('the chat is a page of its own, and cannot be closed', async (cast) => {
  const agent = await cast.agent('Ana');
  const visitor = await cast.visitor({}, `${house.url}/c/demo`);
  const { page, panel } = visitor;
  await shown(visitor.field);
  const { width, height } = page.viewportSize() ?? {};
  await until('the panel over the whole page', async () => {
    const wanted = { x: 0, y: 0, width, height };
    return JSON.stringify(await panel.boundingBox()) === JSON.stringify(wanted);
  });
  await until('the title', async () => (await page.title()) === 'Demo shop');
  await gone(visitor.launcher);
  await gone(panel.getByRole('button', { name: 'Close chat' }));
  await page.keyboard.press('Escape');
  await visitor.send('By the code on the parcel');
  await visitor.arrives('By the code on the parcel');
  await agent.open('By the code on the parcel');
  await agent.reply('Welcome');
  await visitor.sees('Welcome');
  await visitor.choose('العربية');
  await until('the language', () => page.evaluate(() => document.documentElement.lang === 'ar'));
});

for (const [directive, rule] of [
  ['connect-src', (worker: string) => `script-src ${worker}`],
  ['script-src', (worker: string) => `connect-src ${worker}; script-src ${worker}/widget.js`],
] as const) {
  inShop(
    `a policy that lacks ${directive} is told in one line that names it`,
    () => ({ html: snippet(house.url), policy: ["default-src 'none'", rule(house.url)] }),
    async (shop, cast) => {
      cast.expect(
        /violates the following Content Security Policy/,
        /Refused to /,
        /Failed to fetch/,
      );
      const { page, launcher } = await cast.visitor({}, shop.url);
      const said = saidIn(page);
      await launcher.click();
      await until('a word', () => said.length > 0);
      await call(page, 'toggle');
      await call(page, 'toggle');
      await page.waitForLoadState('networkidle');
      const ws = house.url.replace('http', 'ws');
      const wanted = `the Content-Security-Policy lacks "${directive} ${house.url} ${ws}".`;
      assert.deepEqual(said, [`Edgewise: ${wanted}`]);
    },
  );
}

inShop(
  'V04 hostile styles of the page change nothing inside',
  () => ({
    html: `<link rel="stylesheet" href="/hostile.css">${snippet(house.url)}`,
    files: {
      '/hostile.css': `
        html, body { font-size: 40px; line-height: 3; color: red; text-transform: uppercase;
          letter-spacing: 9px; direction: rtl; word-spacing: 30px; cursor: none; }
        body * { all: unset !important; display: none !important; color: lime !important; }
        div { transform: rotate(9deg) !important; opacity: 0.1 !important; width: 9px !important; }
        button, textarea, p { background: url(x) red !important; font: 40px serif !important; }
        :root, * { --ew-paper: red; --accent: red; --on-accent: red; --left: 0; --right: 9px; }`,
    },
  }),
  async (shop, cast) => {
    const calm = await openShop({ html: snippet(house.url) });
    const styles = async (url: string) => {
      const visitor = await cast.visitor({ reducedMotion: 'reduce' }, url);
      await loaded(visitor.page);
      await call(visitor.page, 'open');
      await until('the panel', () => visitor.page.evaluate(looksOf).then((all) => all.length > 9));
      await visitor.page.waitForLoadState('networkidle');
      return visitor.page.evaluate(looksOf);
    };
    try {
      const [hostile, plain] = [await styles(shop.url), await styles(calm.url)];
      const changed = hostile.flatMap((look, index) => {
        const [ours, theirs] = [look.split('; '), (plain[index] ?? '').split('; ')];
        return ours.flatMap((value, at) =>
          value === theirs[at] ? [] : `${value}, not ${theirs[at]}`,
        );
      });
      assert.deepEqual(changed, []);
      assert.equal(hostile.length, plain.length);
    } finally {
      calm.close();
    }
  },
);

/** Where every element of the widget is, and how it looks. */
function looksOf(): string[] {
  const host = [...document.querySelectorAll('div')].find((one) => one.shadowRoot);
  if (!host?.shadowRoot?.querySelector('.panel')) return [];
  const all = [host, ...host.shadowRoot.querySelectorAll('*')];
  return all.map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    // A page may set our own properties on purpose; these, and what it inherits of them, are told
    // by what they lead to.
    const values = [...style].filter((name) => !name.startsWith('--'));
    const told = values.map((name) => `${name}: ${style.getPropertyValue(name)}`);
    return [element.tagName, x, y, width, height, ...told].join('; ');
  });
}
