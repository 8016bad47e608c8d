// The logo of a site and the faces of its team, from the console to a page with the strictest
// policy; and the pages that may show the chat.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { checkAxe } from '../support/axe.ts';
import { openHouse } from '../support/browser.ts';
import { until } from '../support/live.ts';
import { gone, shown } from '../support/people.ts';
import { painted, png, telling } from '../support/pictures.ts';
import { openShop, snippet, strictPolicy } from '../support/shop.ts';

const { house, scene } = openHouse();

async function choose(page: Page, of: string, buffer: Buffer): Promise<void> {
  const stored = page.waitForResponse((answer) => answer.url().endsWith(`/api/pictures/${of}`));
  const file = { name: 'picture.png', mimeType: 'image/png', buffer };
  await page.locator(`[data-picture-of="${of}"]`).setInputFiles(file);
  assert.equal((await stored).status(), 200);
}

scene('A15 a logo and faces, chosen at the console, are shown in the panel', async (cast) => {
  const policy = strictPolicy(house.url).filter((line) => !line.startsWith('img-src'));
  const shop = await openShop({ html: snippet(house.url), policy });
  const owner = await cast.console();
  await owner.signIn({ name: 'Olivia', email: 'owner@example.com' });
  const { page } = owner;
  await page.getByRole('link', { name: 'Widget' }).click();
  // From a camera, larger than what is kept of it, and with a place in it.
  await choose(page, 'logo', png(1_200, 600));
  await shown(page.getByRole('button', { name: 'Change picture' }));
  const ana = await cast.agent('Ana');
  await ana.page.getByRole('button', { name: 'Account' }).click();
  await choose(ana.page, 'me', telling());
  try {
    const visitor = await cast.visitor({}, shop.url);
    const { panel } = visitor;
    await visitor.open();
    await painted(panel.locator('.head canvas.logo'));
    await shown(panel.getByText(ana.name, { exact: true }));
    await painted(panel.locator('.team canvas'));
    for (const colorScheme of ['light', 'dark'] as const) {
      const looker = await cast.visitor({ colorScheme });
      await looker.open();
      await painted(looker.panel.locator('.team canvas'));
      await checkAxe(looker.page, `faces, ${colorScheme}`);
    }
    await visitor.send('Hello');
    await visitor.sees(`${ana.name} is here`);
    await painted(panel.locator('.head .face canvas'));
    await gone(panel.locator('.team'));

    await page.getByRole('switch', { name: 'Show who is there' }).uncheck();
    await page.getByRole('button', { name: 'Save' }).first().click();
    await shown(page.getByText('Saved.'));
    await page.getByRole('group', { name: 'Logo' }).getByRole('button', { name: 'Remove' }).click();
    await shown(page.getByRole('button', { name: 'Choose picture' }));
    const other = await cast.visitor({}, shop.url);
    await other.open();
    await shown(other.panel.getByText('We are online'));
    assert.equal(await other.panel.locator('.team, .head canvas').count(), 0);
  } finally {
    shop.close();
    await page.getByRole('switch', { name: 'Show who is there' }).check();
    await page.getByRole('button', { name: 'Save' }).first().click();
    await shown(page.getByText('Saved.'));
  }
});

scene(
  'A15 V29 owners change which pages may show the chat, and the name above it',
  async (cast) => {
    const shop = await openShop({ html: snippet(house.url) });
    const owner = await cast.console();
    await owner.signIn({ name: 'Olivia', email: 'owner@example.com' });
    const { page } = owner;
    cast.expect(/status of 40[03] /);
    await page.getByRole('link', { name: 'Widget' }).click();
    const pages = page.getByRole('region', { name: 'Name and pages' });
    const origins = pages.getByRole('textbox', { name: 'Allowed origins' });
    const name = pages.getByRole('textbox', { name: 'Site name' });
    const save = async () => {
      await pages.getByRole('button', { name: 'Save' }).click();
      await shown(pages.getByText('Saved.'));
    };
    await until('the origins', async () => (await origins.inputValue()) !== '');
    const before = [await name.inputValue(), await origins.inputValue()] as const;
    try {
      await origins.fill('shop');
      await pages.getByRole('button', { name: 'Save' }).click();
      await shown(pages.getByText(/“shop” is no origin/));
      await origins.fill('https://elsewhere.example');
      await save();
      const refused = await cast.visitor({}, shop.url);
      await refused.launcher.click();
      await shown(refused.panel.getByText('Chat is not available here'));
      await origins.fill(`https://elsewhere.example\n${shop.url}/`);
      await name.fill('Lamps & more');
      await save();
      const visitor = await cast.visitor({}, shop.url);
      await visitor.open();
      await shown(visitor.panel.getByText('Lamps & more'));
      assert.equal(await origins.inputValue(), `https://elsewhere.example\n${shop.url}`);
    } finally {
      shop.close();
      await name.fill(before[0]);
      await origins.fill(before[1]);
      await save();
    }
  },
);
