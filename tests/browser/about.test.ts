// What a page says of its visitor, up to what agents read.

import assert from 'node:assert/strict';
import { openHouse } from '../support/browser.ts';
import { call, gone, shown } from '../support/people.ts';
import { openShop, snippet } from '../support/shop.ts';

const { house, scene } = openHouse();

const SAYING = `
  window.edgewise = function () { (edgewise.q = edgewise.q || []).push(arguments) };
  edgewise('setAttributes', { plan: 'free', seats: 5, <b>bold</b>: null });
  edgewise('track', 'looked at a lamp');
  edgewise('track', 'added to cart', { price: 9, item: '<img src=x>' });`;

scene(
  'A13 agents see what the page says of a visitor, before and after they write',
  async (cast) => {
    const agent = await cast.agent('Ana');
    const shop = await openShop({
      html: `<script src="/queue.js"></script>${snippet(house.url)}`,
      files: {
        '/queue.js': SAYING.replace('<b>bold</b>', "'<b>bold</b>'"),
        '/other.html': `<!doctype html><title>Other</title>${snippet(house.url)}`,
      },
    });
    try {
      const visitor = await cast.visitor({}, shop.url);
      const { page } = visitor;
      await shown(visitor.launcher);
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), [], 'nothing is kept');
      await visitor.open();
      await visitor.send('Hello');
      await agent.open('Hello');
      const said = agent.page.getByRole('region', { name: 'Said by your pages' });
      await shown(said.getByText('looked at a lamp', { exact: true }));
      await shown(said.getByText('added to cart: price 9, item <img src=x>', { exact: true }));
      const facts = await said.locator('dt, dd').allTextContents();
      assert.deepEqual(facts, ['plan', 'free', 'seats', '5']);

      await call(page, 'track', 'paid', '9 €');
      await shown(said.getByText('paid: 9 €', { exact: true }));
      await call(page, 'setAttributes', { plan: 'pro', seats: null });
      await shown(said.getByText('pro', { exact: true }));
      await gone(said.getByText('seats', { exact: true }));

      // Another page says nothing of it: what was said stays.
      await page.goto(`${shop.url}/other.html`);
      await shown(visitor.launcher);
      await agent.page.reload();
      await shown(said.getByText('paid: 9 €', { exact: true }));
      await shown(said.getByText('pro', { exact: true }));

      // Who takes the consent back is somebody else after that.
      const other = await cast.visitor({}, shop.url);
      await other.open();
      await call(other.page, 'consent', false);
      await gone(other.launcher);
      await call(other.page, 'consent', true);
      await other.open();
      await other.send('Somebody else');
      await agent.open('Somebody else');
      await agent.sees('Somebody else');
      assert.equal(await said.count(), 0);
    } finally {
      shop.close();
    }
  },
);
