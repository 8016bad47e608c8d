// Visitors whom the site's server has named: docs/embed.md, “Who the visitor is”.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { IdentityChange, IdentityChanged } from '../../client/frames.ts';
import { type Cast, openHouse } from '../support/browser.ts';
import { seconds, token } from '../support/identity.ts';
import { Agent, post, until } from '../support/live.ts';
import { call, gone, shown, type VisitorPage } from '../support/people.ts';
import { openShop, type Shop, snippet, strictPolicy } from '../support/shop.ts';
import { Wire } from '../support/wire.ts';

const { house, scene } = openHouse();

/** Makes a change at the console's own route, as its owner does. */
async function change(asked: IdentityChange): Promise<string> {
  const { cookie } = await Agent.signIn(house.url, 'owner@example.com');
  const answer = await post(house.url, '/api/identity', asked, { cookie });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as IdentityChanged).secret ?? '';
}

const identify = (visitor: VisitorPage, jwt: string) =>
  call(visitor.page, 'identify', { token: jwt });

const errors = (page: Page) => page.evaluate(() => Reflect.get(window, 'errors') as string[]);

/** What the browser keeps of the visitor. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done) => {
      const request = indexedDB.open('edgewise');
      request.onsuccess = () => done(request.result);
    });
    const entries = await new Promise<number>((done) => {
      const request = db.transaction('entries').objectStore('entries').count();
      request.onsuccess = () => done(request.result);
    });
    db.close();
    const held = (key: string) => localStorage.getItem(`edgewise:demo${key}`);
    return { entries, secret: held(''), person: held(':person') };
  });

/** A shop that notes what the widget tells of errors; its pages hand over `jwt`, if any. */
function shopWith(jwt = ''): Promise<Shop> {
  const noting = `window.errors = [];
    addEventListener('edgewise:error', ({ detail }) => errors.push(detail.code));`;
  return openShop({
    html: `<script src="/note.js"></script>${snippet(house.url, jwt && `data-token="${jwt}"`)}`,
    policy: strictPolicy(house.url).map((rule) => rule.replace('script-src', "script-src 'self'")),
    files: { '/note.js': noting },
  });
}

/** Runs with shops that are closed afterwards. */
async function inShops(run: (open: (jwt?: string) => Promise<Shop>) => Promise<void>) {
  const shops: Shop[] = [];
  try {
    await run(async (jwt) => {
      const shop = await shopWith(jwt);
      shops.push(shop);
      return shop;
    });
  } finally {
    for (const shop of shops) shop.close();
  }
}

scene('V15 a person has a mark at the console, and their chat on every device', (cast: Cast) =>
  inShops(async (open) => {
    cast.expect(/status of 401/);
    const secret = await change({ do: 'new_secret' });
    const now = seconds();
    const old = token(secret, 'ada', { iat: now - 7_200, exp: now - 3_600 });
    const good = token(secret, 'ada', { name: 'Ada Lovelace', email: 'ada@shop.example' });
    const agent = await cast.agent('Ana');

    // A token that does not count is refused, and told; with a good one the chat goes on.
    const phone = await cast.visitor({}, (await open(token('guess', 'ada'))).url);
    await phone.open();
    await until(
      'the refusal',
      async () => (await errors(phone.page)).join() === 'identity_invalid',
    );
    await gone(phone.field);
    await identify(phone, old);
    await until('the next', async () => (await errors(phone.page))[1] === 'identity_expired');
    await identify(phone, good);
    await phone.send('Where is my lamp?');
    await phone.arrives('Where is my lamp?');

    const item = agent.item('Ada Lovelace');
    await shown(item.getByText('Verified'));
    await item.click();
    const thread = agent.page.getByRole('region', { name: 'Ada Lovelace' });
    await shown(thread.getByText('Verified', { exact: true }));
    await shown(agent.page.getByRole('region', { name: 'Details' }).getByText('ada@shop.example'));
    await thread.getByRole('textbox', { name: 'Reply' }).fill('On its way');
    await agent.page.keyboard.press('Enter');
    await phone.sees('On its way');

    // The same person again interrupts nothing.
    const field = await phone.field.elementHandle();
    await phone.field.fill('half a thou');
    await identify(phone, token(secret, 'ada', { name: 'Ada Lovelace' }));
    await shown(phone.log.getByText('On its way', { exact: true }));
    assert.equal(await field?.inputValue(), 'half a thou');

    // A function is asked for each connection; what it says later of another person is refused.
    const context = await cast.context();
    const page = await context.newPage();
    const wire = await Wire.over(page);
    const laptop = await cast.tab(context, (await open()).url, page);
    await page.evaluate((jwt) => {
      const edgewise = Reflect.get(window, 'edgewise') as (...args: unknown[]) => void;
      Reflect.set(window, 'jwt', jwt);
      edgewise('identify', { token: async () => Reflect.get(window, 'jwt') });
    }, good);
    await laptop.open();
    await laptop.sees('Where is my lamp?');
    await laptop.sees('On its way');
    await page.evaluate((jwt) => Reflect.set(window, 'jwt', jwt), token(secret, 'eve'));
    cast.expect(/ERR_INTERNET_DISCONNECTED/);
    await wire.cut();
    await wire.mend();
    await gone(laptop.field);
    assert.deepEqual(await errors(page), ['identity_invalid'], 'asked once');

    const stranger = await cast.writer('Who am I?');
    await stranger.sees(`${agent.name} is here`);
    await agent.open('Who am I?');
    await shown(agent.thread.getByText('Not verified'));
  }),
);

scene(
  'V15 while the page cannot say who it is, nothing is forgotten, and it is asked again',
  (cast) =>
    inShops(async (open) => {
      cast.expect(/ERR_INTERNET_DISCONNECTED/);
      const secret = await change({ do: 'new_secret' });
      const { url } = await open();
      const context = await cast.context();
      // What the server of the shop answers, to every page of this browser; at first it is gone.
      await context.addInitScript(() => {
        const calls: unknown[][] = [];
        const edgewise = Object.assign((...call: unknown[]) => void calls.push(call), { q: calls });
        const token = async () => {
          Reflect.set(window, 'asked', 1 + (Reflect.get(window, 'asked') ?? 0));
          const answer = localStorage.getItem('answer');
          if (!answer) throw new Error('the server is gone');
          return answer;
        };
        edgewise('identify', { token });
        Reflect.set(window, 'edgewise', edgewise);
      });
      const answers = (page: Page, text: string) =>
        page.evaluate((text) => {
          localStorage.setItem('answer', text);
          dispatchEvent(new Event('online'));
        }, text);
      const askedAgain = (page: Page) =>
        until('it to be asked again', () => page.evaluate(() => Reflect.get(window, 'asked') > 1));
      const jwt = token(secret, 'ida');

      const page = await context.newPage();
      const wire = await Wire.over(page);
      const visitor = await cast.tab(context, url, page);
      await visitor.open();
      await visitor.send('note 1');
      await askedAgain(page);
      assert.equal(await visitor.field.inputValue(), 'note 1', 'nobody knows who wrote it');
      await answers(page, jwt);
      await visitor.arrives('note 1');

      await wire.cut();
      await visitor.send('note 2');
      await visitor.progress('note 2', 'Queued');
      const before = await kept(page);
      assert.equal(before.entries, 1);
      await page.close();
      await context.setOffline(false);
      const later = await context.newPage();
      // A page of an error is no token, and no other person's.
      const error = '<!doctype html><title>502</title>';
      await later.addInitScript((text) => localStorage.setItem('answer', text), error);
      const next = await cast.tab(context, url, later);
      await askedAgain(later);
      await call(later, 'track', 'looked again');
      assert.deepEqual(await kept(later), before);
      await answers(later, jwt);
      await next.open();
      await next.arrives('note 2');
      await next.reads(/^note/, ['note 1', 'note 2']);
      assert.deepEqual(await errors(later), []);
    }),
);

scene('V16 an account that changes leaves nothing, and takes nothing along', (cast: Cast) =>
  inShops(async (open) => {
    const secret = await change({ do: 'new_secret' });
    const { url } = await open();
    const context = await cast.context();
    const page = await context.newPage();
    const wire = await Wire.over(page);
    const one = await cast.tab(context, url, page);
    await one.open();
    await one.send('Before I signed in');
    await one.arrives('Before I signed in');
    const other = await cast.tab(context, url);
    await shown(other.launcher);
    await identify(one, token(secret, 'eve'));
    await one.sees('Before I signed in');
    await one.send('I am Eve');
    await one.arrives('I am Eve');

    // Written and not sent: it is Eve's, and waits for her alone.
    cast.expect(/ERR_INTERNET_DISCONNECTED/);
    await wire.cut();
    await one.send('Only Eve may say this');
    await one.progress('Only Eve may say this', 'Queued');
    await one.field.fill('Eve’s half a thou');
    const eves = await kept(page);
    assert.equal(eves.entries, 1);
    await identify(one, token(secret, 'bob'));
    await gone(one.log.getByText('I am Eve'));
    const bobs = await until('Bob to be the one', async () => {
      const now = await kept(page);
      return now.person && now.person !== eves.person ? now : undefined;
    });
    assert.ok(bobs.secret && bobs.secret !== eves.secret);
    assert.equal(bobs.entries, 0);
    assert.equal(await one.field.inputValue(), '');
    await wire.mend();
    await one.send('I am Bob');
    await one.arrives('I am Bob');
    await one.reads(/(Eve|Bob|Before)/, ['I am Bob']);

    // A page that names nobody shows nothing of either.
    await one.page.goto(`${url}/next`);
    const next = await cast.tab(context, url);
    await next.open();
    await next.send('Nobody yet');
    await next.arrives('Nobody yet');
    await next.reads(/(Eve|Bob|Before|Nobody yet)/, ['Nobody yet']);

    // Eve finds hers from anywhere, without what another account has made this browser forget.
    const home = await cast.visitor({}, (await open(token(secret, 'eve'))).url);
    await home.open();
    await home.sees('I am Eve');
    await home.reads(/(Eve|Bob|Before|Nobody yet)/, ['Before I signed in', 'I am Eve']);
  }),
);

scene('V16 what a page says of one account is not told of the next', (cast: Cast) =>
  inShops(async (open) => {
    const secret = await change({ do: 'new_secret' });
    const agent = await cast.agent('Ana');
    const visitor = await cast.visitor({}, (await open()).url);
    const { page } = visitor;
    await visitor.open();
    const said = agent.page.getByRole('region', { name: 'Said by your pages' });
    const told = async (text: string, wanted: string[]) => {
      await agent.item(text).click();
      await until('what the page says', async () => {
        const texts = await said.locator('dt, dd, li > span').allTextContents();
        return texts.join() === wanted.join();
      });
    };
    await identify(visitor, token(secret, 'fay'));
    await call(page, 'setAttributes', { plan: 'hers' });
    await call(page, 'track', 'paid');
    // What is written before she is the one stays in a conversation without a name, too.
    const person = () => page.evaluate(() => localStorage.getItem('edgewise:demo:person'));
    await until('Fay to be the one', person);
    await visitor.send('I am Fay');
    await told('I am Fay', ['plan', 'hers', 'paid']);

    // In one breath, as a page does that has signed somebody else in.
    await page.evaluate(
      (jwt) => {
        const edgewise = Reflect.get(window, 'edgewise') as (...args: unknown[]) => void;
        edgewise('identify', { token: jwt });
        edgewise('setAttributes', { seats: 1 });
      },
      token(secret, 'gus'),
    );
    await gone(visitor.log.getByText('I am Fay'));
    await visitor.send('I am Gus');
    await told('I am Gus', ['seats', '1']);
    await told('I am Fay', ['plan', 'hers', 'paid']);
  }),
);

scene('an owner makes a secret, and has everybody refused who has no name', (cast: Cast) =>
  inShops(async (open) => {
    cast.expect(/status of 403/);
    await change({ do: 'off' });
    const console = await cast.console();
    await console.signIn({ name: 'Olivia', email: 'owner@example.com' });
    const { page } = console;
    await page.getByRole('link', { name: 'Identity' }).click();
    await page.getByRole('button', { name: 'Make a secret' }).click();
    const secret = await page.getByRole('textbox', { name: 'Secret of your server' }).inputValue();
    assert.match(secret, /^[\w-]{43}$/);
    await page.getByRole('switch', { name: 'Refuse visitors who are not verified' }).click();
    const stranger = await cast.visitor({}, (await open()).url);
    await stranger.open();
    const told = async () => (await errors(stranger.page)).join() === 'identity_required';
    await until('the refusal', told);
    const known = await cast.visitor({}, (await open(token(secret, 'zoe'))).url);
    await known.open();
    await known.send('I have a name');
    await known.arrives('I have a name');
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    await page.getByRole('button', { name: 'End the old secret' }).click();
    await shown(page.getByText('The old secret counts no longer.'));
    await page.reload();
    await shown(page.getByRole('button', { name: 'Make a new secret' }));
    assert.equal(await page.getByRole('textbox').count(), 0, 'shown once');
    const off = page.getByRole('button', { name: 'Take no names' });
    await off.click();
    await off.click();
    await shown(page.getByRole('button', { name: 'Make a secret' }));
    await shown(page.getByText('There is no secret yet, and visitors have no names.'));
  }),
);
