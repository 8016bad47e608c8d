// What the panel asks before the first message, while somebody is there and while nobody is; and
// the console's page on which owners set it.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { WidgetSettings } from '../../client/frames.ts';
import { checkAxe } from '../support/axe.ts';
import { type Cast, openHouse } from '../support/browser.ts';
import {
  Agent,
  assigned,
  type Desk,
  entry,
  post,
  roster,
  say,
  until,
  Visitor,
} from '../support/live.ts';
import { gone, lines, shown, VisitorPage } from '../support/people.ts';
import { openShop, type Shop, snippet, strictPolicy } from '../support/shop.ts';

const { house, scene } = openHouse();

const phrase = (text: string, others = {}) => ({ text, others });
const NOTHING = { fields: [], consent: phrase('') };
const PLAIN: WidgetSettings = {
  color: '',
  greeting: '',
  hide_team: false,
  before: NOTHING,
  away: NOTHING,
};
const field = (id: string, kind: string, required: boolean, more = {}) => {
  return { id, kind, required, label: phrase(''), choices: [], ...more };
};
const ASKING = {
  ...PLAIN,
  before: {
    fields: [
      field('name', 'name', true),
      field('mail', 'email', true),
      field('order', 'text', false, {
        label: phrase('Which order?', { de: 'Welche Bestellung?' }),
      }),
    ],
    consent: phrase('You may keep my answers.'),
  },
  away: { ...NOTHING, fields: [field('mail', 'email', true), field('about', 'text', true)] },
};

/** What the site asks from now on. */
async function ask(settings: unknown): Promise<void> {
  const { cookie } = await Agent.signIn(house.url, 'owner@example.com');
  const answer = await post(house.url, '/api/widget', settings, { cookie });
  assert.equal(answer.status, 200, await answer.text());
}

type Shape = { attributes?: string; strict?: boolean };

/** The widget on a page of another origin. */
async function inShop(
  settings: unknown,
  run: (shop: Shop) => Promise<void>,
  { attributes = '', strict = false }: Shape = {},
): Promise<void> {
  await house.open();
  await ask(settings);
  const script = snippet(house.url, attributes);
  const html = `<meta name="viewport" content="width=device-width">${script}`;
  const shop = await openShop({ html, ...(strict && { policy: strictPolicy(house.url) }) });
  try {
    await run(shop);
  } finally {
    shop.close();
    await ask(PLAIN);
  }
}

/** The shop in a browser of its own, with the panel open. */
async function enter(cast: Cast, shop: Shop, look = {}): Promise<VisitorPage> {
  const visitor = await cast.visitor(look, shop.url);
  await visitor.open();
  return visitor;
}

const textbox = ({ panel }: VisitorPage, name: string) => panel.getByRole('textbox', { name });
const focused = (page: Page) =>
  page.evaluate(() => {
    const host = [...document.body.children].find((element) => element.shadowRoot);
    return host?.shadowRoot?.activeElement?.getAttribute('name');
  });

scene('V08 the form comes before the chat, says what is wrong, and loses nothing', async (cast) => {
  // The server answers 400 to what the browser lets pass.
  cast.expect(/status of 400 .*\/api\/forms$/);
  const agent = await cast.agent('Ana');
  await inShop(
    ASKING,
    async (shop) => {
      const visitor = await enter(cast, shop);
      const { page, panel } = visitor;
      const start = panel.getByRole('button', { name: 'Start chat' });
      const mail = textbox(visitor, 'Email');
      await shown(start);
      await gone(visitor.field);
      await until(
        'the first field to have the focus',
        async () => (await focused(page)) === 'name',
      );
      await page.keyboard.type('Vik');
      await page.keyboard.press('Enter');
      await until(
        'the empty field to have the focus',
        async () => (await focused(page)) === 'mail',
      );
      await shown(panel.getByRole('alert').filter({ hasText: 'Please fill this in.' }));
      assert.equal(await mail.getAttribute('aria-invalid'), 'true');
      const described = await mail.evaluate((element: HTMLInputElement) => {
        const id = element.getAttribute('aria-describedby') ?? '';
        return (element.getRootNode() as ShadowRoot).getElementById(id)?.textContent;
      });
      assert.equal(described, 'Please fill this in.', 'the field is described by its error');
      await mail.fill('nobody');
      await gone(panel.getByText('Please fill this in.'));
      await textbox(visitor, 'Which order? (optional)').fill('Two\nlamps');
      await panel.getByRole('checkbox', { name: 'You may keep my answers.' }).check();
      await start.click();
      await shown(panel.getByRole('alert').filter({ hasText: 'Please check this.' }));
      await until(
        'the wrong field to have the focus',
        async () => (await focused(page)) === 'mail',
      );
      // A reload keeps what was typed, and the consent has to be given anew.
      await page.reload();
      await visitor.open();
      await shown(start);
      assert.deepEqual(
        [
          await textbox(visitor, 'Name').inputValue(),
          await mail.inputValue(),
          await textbox(visitor, 'Which order? (optional)').inputValue(),
        ],
        ['Vik', 'nobody', 'Two\nlamps'],
      );
      await mail.fill('vik@example.com');
      await start.click();
      await until('consent to be asked', async () => (await focused(page)) === 'consent');
      await page.keyboard.press('Space');
      await start.click();
      await shown(visitor.field);
      await gone(start);
      const kept = () => page.evaluate(() => localStorage.getItem('edgewise:demo:form'));
      await until('what is sent to be forgotten', async () => (await kept()) === null);
      assert.ok((await lines(visitor.log)).includes('vik@example.com'));
      // The agent sees it in the thread, and by its questions beside it.
      await agent.open('Vik');
      const details = agent.page.getByRole('region', { name: 'Details' });
      for (const text of ['Vik', 'vik@example.com', '✓ You may keep my answers.']) {
        await shown(details.getByText(text, { exact: true }));
      }
      await shown(details.getByRole('term').filter({ hasText: 'Which order?' }));
      await visitor.send('Are they in stock?');
      await agent.sees('Are they in stock?');
      await page.reload();
      await visitor.open();
      await visitor.sees('Are they in stock?');
      assert.equal(await start.count(), 0, 'nothing is asked twice');
    },
    { strict: true },
  );
});

scene('V08 the form on a phone, in German, and mirrored in Arabic', async (cast) => {
  await cast.agent('Ana');
  await inShop(ASKING, async (shop) => {
    const look = { locale: 'de-AT', viewport: { width: 375, height: 667 }, hasTouch: true };
    const context = await cast.context({ ...look, isMobile: true });
    const visitor = new VisitorPage(await context.newPage());
    const { page, panel } = visitor;
    await page.goto(shop.url);
    await page.getByRole('button', { name: 'Chat öffnen' }).tap();
    await shown(textbox(visitor, 'Welche Bestellung? (freiwillig)'));
    await panel.getByRole('button', { name: 'Chat starten' }).tap();
    await shown(panel.getByText('Bitte ausfüllen.'));
    const width = await panel.evaluate((element) => element.scrollWidth - element.clientWidth);
    assert.equal(width, 0, 'nothing to scroll sideways');
    for (const input of await panel.locator('.form input:not([type=checkbox])').all()) {
      const { height = 0 } = (await input.boundingBox()) ?? {};
      const size = await input.evaluate((element) => getComputedStyle(element).fontSize);
      assert.deepEqual([height >= 44, size], [true, '16px'], 'no phone zooms in');
    }
  });
  await inShop(
    ASKING,
    async (shop) => {
      const visitor = new VisitorPage(await (await cast.context()).newPage());
      await visitor.page.goto(shop.url);
      await visitor.page.getByRole('button', { name: 'فتح المحادثة' }).click();
      const name = textbox(visitor, 'الاسم');
      await shown(name);
      const label = await visitor.panel.getByText('الاسم').boundingBox();
      const box = await name.boundingBox();
      assert.ok(label && box && label.x + label.width > box.x + box.width / 2, 'mirrored');
      await checkAxe(visitor.page, 'a form, dark, mirrored');
    },
    { attributes: 'data-locale="ar" data-theme="dark" data-color="#ffef5e"' },
  );
});

/** One more conversation that was answered and has ended. */
async function answerOne(owner: Agent, desk: Desk): Promise<void> {
  const visitor = new Visitor(house.url);
  const tab = await visitor.tab();
  await say(tab, 'm1', 'Hello');
  const line = await owner.join(visitor.conversation);
  await assigned(line, owner.me.agent.name);
  await say(line, 'a1', 'Good day');
  line.send({ t: 'close' });
  const { conversation } = visitor;
  await until('the end', () => entry(desk, conversation)?.state.is === 'closed');
  await Promise.all([tab.end(), line.end()]);
}

scene('V07 away, online, and how long an answer takes', async (cast) => {
  await inShop(PLAIN, async (shop) => {
    const visitor = await enter(cast, shop);
    const { page, panel } = visitor;
    await shown(panel.getByText('Away right now'));
    const owner = await Agent.signIn(house.url, 'owner@example.com');
    const desk = await owner.desk(true);
    await until('the owner to be on duty', () => roster(desk, owner.me.agent.id)?.accepting);
    const again = async () => {
      await page.reload();
      await visitor.open();
    };
    await again();
    await shown(panel.getByText('We are online'));
    for (let count = 0; count < 3; count += 1) await answerOne(owner, desk);
    await again();
    await shown(panel.getByText('Usually replies in a few minutes'));
    assert.equal(await panel.getByText('We are online').count(), 1, 'for who cannot see the dot');
    desk.send({ t: 'accept', on: false });
    await until('the owner to be away', () => roster(desk, owner.me.agent.id)?.accepting === false);
    await again();
    await shown(panel.getByText('Away right now'));
    assert.equal(await panel.getByText('Usually replies', { exact: false }).count(), 0);
    await desk.end();
  });
});

scene('V20 while nobody is there the form waits for the next shift', async (cast) => {
  await inShop(ASKING, async (shop) => {
    const visitor = await enter(cast, shop);
    const { panel } = visitor;
    await shown(panel.getByText('Away right now'));
    await shown(panel.getByText('Nobody is here right now. Leave your message', { exact: false }));
    await textbox(visitor, 'Email').fill('vik@example.com');
    await textbox(visitor, 'How can we help?').fill('A lamp is broken');
    await panel.getByRole('button', { name: 'Send' }).click();
    await visitor.sees('Nobody is here right now. Leave your message, we will answer here.');
    assert.ok((await lines(visitor.log)).includes('A lamp is broken'));
    const agent = await cast.agent('Ana');
    await agent.open('A lamp is broken');
    const details = agent.page.getByRole('region', { name: 'Details' });
    await shown(details.getByText('vik@example.com', { exact: true }));
    await agent.reply('We send a new one');
    await visitor.sees('We send a new one');
  });
});

scene('A15 owners make the form at the console, and see what it will be', async (cast) => {
  await house.open();
  const owner = await cast.console();
  await owner.signIn({ name: 'Olivia', email: 'owner@example.com' });
  const { page } = owner;
  await page.getByRole('link', { name: 'Widget' }).click();
  await page.getByRole('switch', { name: 'A colour of your own' }).check();
  await page.getByLabel('Colour', { exact: true }).fill('#0b7285');
  await page.getByRole('textbox', { name: 'Greeting' }).fill('Need a hand?');
  await shown(
    page.getByText('data-color="#0b7285" data-greeting="Need a hand?"', { exact: false }),
  );
  const before = page.getByRole('group', { name: 'Form before the chat' });
  await before.getByRole('button', { name: 'Add field' }).click();
  await before.getByRole('button', { name: 'Add field' }).click();
  const kinds = before.getByRole('combobox', { name: 'Asks for' });
  assert.deepEqual(
    [await kinds.nth(0).inputValue(), await kinds.nth(1).inputValue()],
    ['name', 'email'],
  );
  await kinds.nth(0).selectOption('choice');
  await before.getByRole('textbox', { name: 'Question' }).nth(0).fill('Size');
  await before.getByRole('textbox', { name: 'Answers' }).fill('Small | de: Klein\nLarge');
  await before.getByRole('textbox', { name: 'Consent' }).fill('Keep it.');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await shown(page.getByText('Saved.'));
  await page.reload();
  assert.equal(
    await before.getByRole('textbox', { name: 'Answers' }).inputValue(),
    'Small | de: Klein\nLarge',
  );
  await owner.accept(true);
  const visitor = await cast.visitor();
  await visitor.open();
  const size = visitor.panel.getByRole('combobox', { name: 'Size (optional)' });
  await size.selectOption({ label: 'Large' });
  await textbox(visitor, 'Email').fill('vik@example.com');
  await visitor.panel.getByRole('checkbox', { name: 'Keep it.' }).check();
  await visitor.panel.getByRole('button', { name: 'Start chat' }).click();
  await visitor.sees(/Large/);
  await ask(PLAIN);
});
