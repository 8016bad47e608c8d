// What the panel offers beside the conversation: the greeting, the sound, the chat as a file, its
// end, and how it was.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { openHouse } from '../support/browser.ts';
import { until } from '../support/live.ts';
import { gone, lines, shown } from '../support/people.ts';
import { openShop, type Shop, snippet } from '../support/shop.ts';

const { house, scene } = openHouse();

async function inShop(attributes: string, run: (shop: Shop) => Promise<void>): Promise<void> {
  const shop = await openShop({ html: snippet(house.url, attributes) });
  try {
    await run(shop);
  } finally {
    shop.close();
  }
}

const GREETING = 'data-greeting="Need a hand?" data-greeting-after="0" data-greeting-on="/lamps"';

/** Whether the browser keeps anything. */
const keeps = (page: Page) => page.evaluate(() => Object.keys(localStorage));

scene('a greeting comes on its pages, and not again once it was put away', async (cast) => {
  await inShop(GREETING, async (shop) => {
    const context = await cast.context();
    const { page, launcher, panel } = await cast.tab(context, shop.url);
    const greeting = page.getByRole('button', { name: 'Need a hand?' });
    await shown(launcher);
    await page.waitForLoadState('networkidle');
    await gone(greeting);
    // The router goes to one of its pages.
    await page.evaluate(() => history.pushState({}, '', '/lamps/vik'));
    await shown(greeting);
    assert.deepEqual(await keeps(page), [], 'showing it stores nothing');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await gone(greeting);
    assert.deepEqual(await keeps(page), ['edgewise:demo:greeted']);
    await page.goto(`${shop.url}/lamps`);
    await shown(launcher);
    await page.waitForLoadState('networkidle');
    await gone(greeting);
    // A week later.
    await page.evaluate(() => localStorage.setItem('edgewise:demo:greeted', '1'));
    await page.reload();
    await greeting.click();
    await shown(panel);
    await gone(greeting);
    await page.keyboard.press('Escape');
    await page.reload();
    await shown(launcher);
    await page.waitForLoadState('networkidle');
    await gone(greeting);
  });
});

/** Counts the tones that a page plays. */
const LISTENING = `
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) {
    window.tones += 1;
    start.apply(this, args);
  };`;

scene('a message that nobody sees is heard, unless the visitor wants no sound', async (cast) => {
  const agent = await cast.agent('Ana');
  await inShop('', async (shop) => {
    const context = await cast.context();
    await context.addInitScript(LISTENING);
    const visitor = await cast.tab(context, shop.url);
    const { page, panel } = visitor;
    const tones = () => page.evaluate(() => Reflect.get(window, 'tones') as number);
    await visitor.open();
    await visitor.send('Can you hear me?');
    await agent.open('Can you hear me?');
    await agent.reply('Seen at once');
    await visitor.sees('Seen at once');
    assert.equal(await tones(), 0, 'what is seen needs no sound');
    await page.keyboard.press('Escape');
    await gone(panel);
    for (const [index, text] of ['One', 'Two', 'Three'].entries()) {
      await agent.reply(text);
      await shown(page.getByRole('button', { name: `Open chat, ${index + 1} new message` }));
    }
    // The first may find the sound still asleep.
    await until('a sound', async () => (await tones()) > 0);
    await visitor.launcher.click();
    await panel.getByRole('button', { name: 'More' }).click();
    await panel.getByRole('checkbox', { name: 'Sound' }).uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    const before = await tones();
    await agent.reply('Four');
    await shown(page.getByRole('button', { name: 'Open chat, 1 new message' }));
    await page.reload();
    await visitor.open();
    await visitor.sees('Four');
    const sound = panel.getByRole('checkbox', { name: 'Sound' });
    await panel.getByRole('button', { name: 'More' }).click();
    assert.deepEqual([before > 0, await sound.isChecked()], [true, false], 'a reload knows it');
    const listen = async (text: string) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await gone(panel);
      await agent.reply(text);
      await shown(page.getByRole('button', { name: 'Open chat, 1 new message' }));
      await visitor.launcher.click();
      await panel.getByRole('button', { name: 'More' }).click();
    };
    await listen('Five');
    await sound.check();
    // The first wakes the sound of this page, the second is heard: two tones, and no more.
    await listen('Six');
    await listen('Seven');
    await until('a sound', async () => (await tones()) > 0);
    assert.ok((await tones()) <= 4, `${await tones()} tones for two messages`);
  });
});

scene('V22 the chat as a file is the chat, in any script', async (cast) => {
  const agent = await cast.agent('Ana');
  await inShop('', async (shop) => {
    const visitor = await cast.visitor({}, shop.url);
    const { page, panel } = visitor;
    await visitor.open();
    await visitor.send('Ist die Lampe da?\nHier: 灯');
    await visitor.arrives('Hier: 灯');
    await agent.open('Ist die Lampe da?');
    await agent.reply('=1+1 نعم');
    await visitor.sees('=1+1 نعم');
    await panel.getByRole('button', { name: 'More' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: 'Download this chat' }).click(),
    ]);
    assert.match(file.suggestedFilename(), /^chat-\d{4}-\d\d-\d\d\.txt$/);
    const text = readFileSync(await file.path(), 'utf8');
    const bare = text.replace(/^\uFEFF/, '').replace(/\[[^\]]+\] /g, '');
    assert.equal(
      bare,
      [
        'Demo shop',
        '',
        'You: Ist die Lampe da?',
        'Hier: 灯',
        `${agent.name} is here`,
        `${agent.name}: =1+1 نعم`,
        '',
      ].join('\r\n'),
    );
    const seen = (await lines(visitor.log)).join('\n');
    for (const line of ['Hier: 灯', '=1+1 نعم']) assert.ok(seen.includes(line));
  });
});

scene('V21 the visitor ends the chat and is asked how it was, once', async (cast) => {
  const agent = await cast.agent('Ana');
  await inShop('', async (shop) => {
    const visitor = await cast.visitor({}, shop.url);
    const { page, panel } = visitor;
    const question = panel.getByRole('group', { name: 'How was this chat?' });
    const end = panel.getByRole('button', { name: 'End chat' });
    await visitor.open();
    await panel.getByRole('button', { name: 'More' }).click();
    await shown(panel.getByRole('combobox'));
    assert.equal(await end.count(), 0, 'there is no chat to end');
    await page.keyboard.press('Escape');
    await visitor.send('Is Fyr in stock?');
    await agent.open('Is Fyr in stock?');
    await agent.reply('It is');
    await visitor.sees('It is');
    await gone(question);
    await panel.getByRole('button', { name: 'More' }).click();
    await end.click();
    await visitor.sees('This chat was closed. Write to open it again.');
    await agent.sees('Chat closed');
    await shown(question);
    const composer = await visitor.field.boundingBox();
    const asked = await question.boundingBox();
    assert.ok(asked && composer && asked.y < composer.y, 'the question stands above the composer');
    await panel.getByRole('textbox', { name: 'In your words (optional)' }).fill('quick & kind');
    await panel.getByRole('button', { name: 'Rate' }).click();
    await shown(question);
    await panel.getByRole('radio', { name: 'Good', exact: false }).first().check({ force: true });
    await panel.getByRole('button', { name: 'Rate' }).click();
    await visitor.sees('Thank you for telling us.');
    await gone(question);
    await agent.sees('Visitor’s rating: 👍 quick & kind');
    // Asked again, and answered by writing on.
    await page.reload();
    await visitor.open();
    await visitor.sees('Thank you for telling us.');
    await gone(question);
    await visitor.send('One more thing');
    await agent.sees('One more thing');
    await agent.closeChat();
    await shown(question);
    await visitor.send('And another');
    await visitor.arrives('And another');
    await gone(question);
  });
});
