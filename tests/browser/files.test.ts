// Attachments, between a page with the strictest policy and a console.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { openHouse } from '../support/browser.ts';
import { until } from '../support/live.ts';
import { gone, shown } from '../support/people.ts';
import { noise, PDF, painted, png, telling } from '../support/pictures.ts';
import { openShop, snippet, strictPolicy } from '../support/shop.ts';

const { house, scene } = openHouse();

type Given = { name: string; mimeType: string; buffer: Buffer };

const file = (name: string, buffer: Buffer | string, mimeType = ''): Given => ({
  name,
  mimeType,
  buffer: Buffer.from(buffer),
});

async function choose(page: Page, ...files: Given[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach a file' }).click();
  await (await chooser).setFiles(files);
}

/** Drops or pastes a file, as a browser tells of it; one of a text so many times. */
function bring(
  field: Locator,
  how: 'paste' | 'drop',
  { name, buffer }: Given,
  times = 1,
): Promise<void> {
  const told = { how, name, bytes: [...buffer], times };
  return field.evaluate((element, { how, name, bytes, times }) => {
    const data = new DataTransfer();
    const part = new Blob([new Uint8Array(bytes)]);
    data.items.add(new File(Array(times).fill(part), name));
    const all = { bubbles: true, cancelable: true, composed: true };
    const event =
      how === 'paste'
        ? new ClipboardEvent('paste', { ...all, clipboardData: data })
        : new DragEvent('drop', { ...all, dataTransfer: data });
    element.dispatchEvent(event);
  }, told);
}

async function saved(page: Page, button: Locator): Promise<string> {
  const download = page.waitForEvent('download');
  await button.click();
  return readFileSync(await (await download).path(), 'utf8');
}

scene('V19 a picture is seen and opened on both sides, a document is saved', async (cast) => {
  const agent = await cast.agent('Ana');
  const policy = strictPolicy(house.url).filter((line) => !line.startsWith('img-src'));
  const shop = await openShop({ html: snippet(house.url), policy });
  try {
    const visitor = await cast.visitor({}, shop.url);
    const { page, panel, log } = visitor;
    await visitor.open();
    await choose(page, file('lamp.png', telling(), 'image/png'));
    const picture = log.getByRole('button', { name: 'View lamp.png' });
    await shown(picture);
    await until('it to be sent', async () => (await log.textContent())?.includes('Sent'));
    await painted(picture.locator('canvas'));
    await agent.open('lamp.png');
    await painted(agent.log.getByRole('button', { name: 'View lamp.png' }).locator('canvas'));
    await agent.log.getByRole('button', { name: 'View lamp.png' }).click();
    const viewer = agent.page.getByRole('dialog', { name: 'lamp.png' });
    await painted(viewer.getByRole('img', { name: 'lamp.png' }));
    await agent.page.keyboard.press('Escape');
    await gone(viewer);

    await choose(agent.page, file('offer.pdf', PDF, 'application/pdf'));
    assert.equal(await saved(page, log.getByRole('button', { name: 'Save offer.pdf' })), PDF);
    await bring(agent.field, 'paste', file('answer.png', png(400, 300)));
    const answer = log.getByRole('button', { name: 'View answer.png' });
    await shown(answer);
    await answer.click();
    const large = page.getByRole('dialog', { name: 'answer.png' });
    await painted(large.getByRole('img', { name: 'answer.png' }));
    await page.keyboard.press('Escape');
    await gone(large);
    assert.ok(await panel.isVisible(), 'only the picture was closed');
  } finally {
    shop.close();
  }
});

scene(
  'V19 a large picture is seen by its small version, and whole once it is opened',
  async (cast) => {
    const agent = await cast.agent('Ana');
    const visitor = await cast.visitor();
    const fetched: string[] = [];
    agent.page.on('request', (request) => {
      const [, part] = request.url().split('/api/files/');
      if (part && request.method() === 'GET') fetched.push(part.replace(/^[\w-]+/, 'it'));
    });
    await visitor.open();
    await choose(visitor.page, file('photo.png', noise(900, 600), 'image/png'));
    await agent.open('photo.png');
    const picture = agent.log.getByRole('button', { name: 'View photo.png' });
    const size = (canvas: Locator) =>
      canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        return [width, height];
      });
    await until('the small one', () => fetched.includes('it/small'));
    assert.deepEqual(await size(picture.locator('canvas')), [480, 320]);
    assert.ok(!fetched.includes('it'), 'all of it was not wanted yet');
    await picture.click();
    const whole = agent.page.getByRole('dialog', { name: 'photo.png' }).getByRole('img');
    await until('all of it', async () => (await size(whole))[0] === 900);
    assert.ok(fetched.includes('it'));
  },
);

scene('V19 what is not taken is told, by kind and size, and in plain words', async (cast) => {
  const visitor = await cast.visitor();
  const { page, panel, log, field } = visitor;
  cast.expect(/status of 415 /);
  await visitor.open();
  await choose(page, file('tool.exe', 'MZ\x90\0\x03\0 a program'));
  await visitor.sees('Files of this kind cannot be sent here');
  await log.getByRole('button', { name: 'Discard' }).click();
  await gone(log.getByText('tool.exe'));
  await bring(field, 'drop', file('long.txt', 'x'.repeat(1024)), 10 * 1024 + 1);
  await shown(panel.getByRole('alert').getByText('Files may have 10 MB at most'));
  assert.equal(await log.getByText('long.txt').count(), 0);
  await bring(field, 'drop', file('notes.txt', 'short enough'));
  await shown(log.getByRole('button', { name: 'Save notes.txt' }));
  await gone(panel.getByRole('alert'));
});

scene('D6 V19 a file that waits outlives the page, and can be taken back', async (cast) => {
  const context = await cast.context();
  const page = await context.newPage();
  const visitor = await cast.tab(context, undefined, page);
  cast.expect(/ERR_FAILED/);
  await page.route('**/api/files/*', (route) => route.abort());
  await visitor.open();
  await choose(page, file('kept.png', png(40, 30)), file('unwanted.txt', 'not this one'));
  await shown(visitor.log.getByRole('button', { name: 'View kept.png' }));
  await shown(visitor.log.getByRole('button', { name: 'Save unwanted.txt' }));
  await page.reload();
  const again = visitor.log;
  await visitor.open();
  await shown(again.getByRole('button', { name: 'View kept.png' }));
  await again.getByRole('button', { name: 'Cancel' }).last().click();
  await gone(again.getByRole('button', { name: 'Save unwanted.txt' }));
  await page.unroute('**/api/files/*');
  await until('it to be sent', async () => (await again.textContent())?.includes('Sent'));
  assert.equal(await again.getByRole('button', { name: 'View kept.png' }).count(), 1);
});
