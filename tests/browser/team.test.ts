// Several agents and several visitors: who gets whom.

import assert from 'node:assert/strict';
import { openHouse } from '../support/browser.ts';
import { assigned, say, type Talk, Visitor } from '../support/live.ts';
import { type AgentPage, gone, shown } from '../support/people.ts';

const { scene } = openHouse();

/** A visitor without a browser, who has written: quicker, where nobody looks at the widget. */
async function call(url: string, text: string): Promise<Talk> {
  const line = await new Visitor(url).tab();
  await say(line, 'call', text);
  return line;
}

/** How many chats the roster in an agent's own console says an agent has. */
function load(agent: AgentPage, of: AgentPage, wanted: string): Promise<void> {
  const details = agent.page.getByRole('region', { name: 'Details' });
  const row = details.getByRole('listitem').filter({ hasText: of.name });
  return shown(row.getByText(`${wanted} chats`, { exact: true }));
}

scene('D4 visitors are shared evenly, and the longest idle goes first', async (cast) => {
  const ana = await cast.agent('Ana');
  const ben = await cast.agent('Ben');
  const first = await cast.writer('Visitor one');
  await first.sees(`${ana.name} is here`);
  const second = await cast.writer('Visitor two');
  await second.sees(`${ben.name} is here`);
  const third = await call(cast.url, 'Visitor three');
  await assigned(third, ana.name);
  const fourth = await call(cast.url, 'Visitor four');
  await assigned(fourth, ben.name);
  await load(ana, ana, '2 of 5');
  await load(ana, ben, '2 of 5');
  // Both have had two, but Ana has room again, and then has been idle for a shorter time than Ben.
  await ana.open('Visitor one');
  await ana.closeChat();
  await first.sees('This chat was closed. Write to open it again.');
  const fifth = await call(cast.url, 'Visitor five');
  await assigned(fifth, ana.name);
  const sixth = await call(cast.url, 'Visitor six');
  await assigned(sixth, ben.name);
  await shown(ben.item('Visitor six'));
  await gone(ana.item('Visitor six'));
  await Promise.all([third, fourth, fifth, sixth].map((line) => line.end()));
});

scene('D4 a full agent gets nobody, and the first in the queue next', async (cast) => {
  const ana = await cast.agent('Ana', { capacity: 1 });
  const first = await cast.writer('I came first');
  await first.sees(`${ana.name} is here`);
  const second = await cast.writer('I came second');
  await second.sees(/^You are number 1 in the queue/);
  const third = await cast.writer('I came third');
  await third.sees(/^You are number 2 in the queue/);
  await shown(ana.item('No. 2 in the queue'));
  await ana.open('I came first');
  await ana.closeChat();
  await second.sees(`${ana.name} is here`);
  await third.sees(/^You are number 1 in the queue/);
  await gone(second.log.getByText('in the queue'));
  await gone(third.log.getByText(`${ana.name} is here`));
  await ana.open('I came second');
  await ana.reads(/^I came/, ['I came second']);
  await ana.reply('Sorry for the wait');
  await second.sees('Sorry for the wait');
});

scene('D6 who has closed the console gets nobody new', async (cast) => {
  const ana = await cast.agent('Ana');
  const ben = await cast.agent('Ben');
  const early = await cast.writer('Before Ana left');
  await early.sees(`${ana.name} is here`);
  await ana.page.close();
  const roster = ben.page.getByRole('region', { name: 'Details' }).getByRole('listitem');
  await shown(roster.filter({ hasText: ana.name }).getByText('Offline'));
  const late = await cast.writer('After Ana left');
  await late.sees(`${ben.name} is here`);
  const later = await cast.writer('Long after Ana left');
  await later.sees(`${ben.name} is here`);
  await ben.page.close();
  const last = await cast.writer('After all have left');
  await last.sees('Nobody is here right now. Leave your message, we will answer here.');
});

scene('D7 a chat is handed over with its history', async (cast) => {
  const [ana, ben] = await Promise.all([cast.agent('Ana'), cast.agent('Ben', { accepts: false })]);
  const visitor = await cast.writer('Is Vik in stock?');
  await ana.open('Is Vik in stock?');
  await ana.reply('Let me ask Ben');
  await visitor.sees('Let me ask Ben');
  await ana.thread.getByRole('button', { name: 'Transfer' }).click();
  const dialog = ana.page.getByRole('dialog', { name: 'Transfer this chat' });
  await dialog.getByRole('button', { name: new RegExp(`^${ben.name}`) }).click();
  await gone(dialog);
  await visitor.sees(`${ben.name} is here`);
  await shown(ana.thread.getByText(`Assigned to ${ben.name}`).first());
  await gone(ana.field);
  // Whose words they are is told by who wrote them, not by whose list they stand in.
  await shown(ben.item(`${ana.name}: Let me ask Ben`));
  await ben.open('Let me ask Ben');
  await ben.reads(/stock|Ben/, [
    'Is Vik in stock?',
    'Let me ask Ben',
    `${ben.name} joined the chat`,
  ]);
  await ben.reply('Two are left');
  await visitor.sees('Two are left');
  await ana.sees('Two are left');
});

scene('D7 a full agent is no choice for a transfer, an agent may take who waits', async (cast) => {
  const [ana, ben] = await Promise.all([
    cast.agent('Ana'),
    cast.agent('Ben', { accepts: false, capacity: 1 }),
  ]);
  const first = await cast.writer('For Ana');
  await first.sees(`${ana.name} is here`);
  await ana.accept(false);
  const second = await cast.writer('For whoever takes me');
  await second.sees(/^Nobody is here right now/);
  await ben.open('No. 1 in the queue');
  await ben.thread.getByRole('button', { name: 'Take' }).click();
  await second.sees(`${ben.name} is here`);
  await ben.reply('Taken');
  await second.sees('Taken');
  await ana.open('For Ana');
  await ana.thread.getByRole('button', { name: 'Transfer' }).click();
  const dialog = ana.page.getByRole('dialog', { name: 'Transfer this chat' });
  await shown(dialog.getByText('No other agent is online with room for another chat.'));
  assert.ok(await dialog.getByRole('button', { name: new RegExp(`^${ben.name}`) }).isDisabled());
});
