// From an empty deployment to the first answer, as the owner of a new one goes.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openHouse } from '../support/browser.ts';
import { PASSWORD } from '../support/live.ts';
import { gone, shown } from '../support/people.ts';

const { house, scene } = openHouse({ seed: false });

const OWNER = { name: 'Olga', email: 'olga@shop.example' };

async function fillIn(page: Page): Promise<void> {
  const field = (name: string) => page.getByRole('textbox', { name, exact: true });
  await field('Site id').fill('demo');
  await field('Site name').fill('Lamps and more');
  await field('Allowed origins').fill(`https://shop.example\n${house.url}/`);
  await field('Your name').fill(OWNER.name);
  await field('Email').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Set up', exact: true }).click();
}

scene('A01 the set-up makes owner and site, once', async (cast) => {
  cast.expect(/status of 403 .*\/api\/setup$/);
  const agent = await cast.console();
  const { page } = agent;
  await shown(page.getByText('Edgewise is not set up yet.'));
  await page.getByRole('link', { name: 'Set it up' }).click();
  await page.getByLabel('Set-up token').fill('not-the-token');
  await fillIn(page);
  await shown(page.getByRole('alert').getByText('The set-up token is not right.'));

  await page.goto(`${cast.url}/console`);
  await page.goto(`${cast.url}/setup#token=${house.token}`);
  await shown(page.getByText('The set-up token came with your link.'));
  await gone(page.getByLabel('Set-up token'));
  await fillIn(page);
  await shown(page.getByRole('heading', { name: 'Edgewise is ready' }));
  await shown(page.getByText(`src="${cast.url}/widget.js" data-site="demo"`));
  assert.equal(page.url(), `${cast.url}/setup`);
  await page.getByRole('button', { name: 'Open the console' }).click();
  await shown(agent.list);
  await shown(page.getByRole('link', { name: 'Lamps and more' }));

  const visitor = await cast.visitor();
  await visitor.open();
  await visitor.send('Are you open?');
  await agent.accept(true);
  await visitor.sees(`${OWNER.name} is here`);
  await agent.open('Are you open?');
  await agent.reply('We are now');
  await visitor.sees('We are now');

  await page.goto(`${cast.url}/setup#token=${house.token}`);
  await shown(page.getByRole('heading', { name: 'Edgewise is set up already.' }));
  await gone(page.getByRole('textbox'));
  await page.getByRole('link', { name: 'Go to the console' }).click();
  await shown(agent.list);
});

scene('A16 the owner adds an agent, who signs in and adds nobody', async (cast) => {
  const owner = await cast.console();
  await owner.signIn(OWNER);
  const { page } = owner;
  await page.getByRole('link', { name: 'Team' }).click();
  await page.getByRole('button', { name: 'Add agent' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add an agent' });
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Ines');
  await dialog.getByRole('textbox', { name: 'Email' }).fill('ines@shop.example');
  await dialog.getByLabel('First password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Add agent' }).click();
  await shown(page.getByText('Ines can sign in now.'));
  await shown(page.getByRole('row', { name: /Ines ines@shop\.example Agent 5/ }));
  const agent = await cast.console();
  await agent.signIn({ name: 'Ines', email: 'ines@shop.example' });
  await gone(agent.page.getByRole('link', { name: 'Team' }));
  await agent.page.goto(`${cast.url}/console/team`);
  await shown(agent.page.getByRole('heading', { name: 'Team' }));
  await gone(agent.page.getByRole('button', { name: 'Add agent' }));
});
