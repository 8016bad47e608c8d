// Lines that break, pages that go away, and a worker that dies: nothing is lost, nothing doubled.

import { type Cast, openHouse } from '../support/browser.ts';
import { Agent, entry, until } from '../support/live.ts';
import { AgentPage, gone, lines, reconnected, shown, type VisitorPage } from '../support/people.ts';
import { Wire } from '../support/wire.ts';

const { house, scene } = openHouse();

/** What browsers log when a line is gone. */
const LOST = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_SOCKET|WebSocket connection to/;
const BANNER = 'Connection lost. Trying again by itself; what you write is kept.';

/** An agent who reads what a visitor has written, whose line can be cut. */
async function talk(cast: Cast) {
  cast.expect(LOST);
  const agent = await cast.agent('Ana');
  const context = await cast.context();
  const page = await context.newPage();
  const wire = await Wire.over(page);
  const visitor = await cast.tab(context, undefined, page);
  await visitor.open();
  await visitor.send('note 1');
  await visitor.arrives('note 1');
  await agent.open('note 1');
  return { agent, context, page, wire, visitor };
}

scene('V12 written without a connection: queued, then sent once and in order', async (cast) => {
  const { agent, wire, visitor } = await talk(cast);
  await wire.cut();
  for (const text of ['note 2', 'note 3', 'note 4']) await visitor.send(text);
  await visitor.sees('No connection. Reconnecting… Will be sent when you are back online');
  await visitor.progress('note 4', 'Queued');
  await agent.reply('note from Ana');
  await agent.progress('note from Ana', 'Sent');
  await agent.reads(/^note/, ['note 1', 'note from Ana']);
  await visitor.reads(/^note/, ['note 1', 'note 2', 'note 3', 'note 4']);
  await wire.mend();
  await visitor.progress('note 4', 'Seen');
  const all = ['note 1', 'note from Ana', 'note 2', 'note 3', 'note 4'];
  await visitor.reads(/^note/, all);
  await agent.reads(/^note/, all);
  await gone(visitor.log.getByText('No connection'));
});

scene('S5 a page reloaded before its message is sent sends it once', async (cast) => {
  const agent = await cast.agent('Ana');
  const context = await cast.context();
  const page = await context.newPage();
  const wire = await Wire.over(page);
  const visitor = await cast.tab(context, undefined, page);
  await visitor.open();
  await visitor.send('note 1');
  await visitor.arrives('note 1');
  wire.hold((frame) => frame.t === 'send');
  await visitor.send('note 2');
  await visitor.send('note 3');
  await visitor.progress('note 3', 'Sending…');
  wire.hold(() => false);
  await page.reload();
  await visitor.open();
  await visitor.arrives('note 3');
  await visitor.reads(/^note/, ['note 1', 'note 2', 'note 3']);
  await agent.open('note 3');
  await agent.reads(/^note/, ['note 1', 'note 2', 'note 3']);
});

scene('S2 a message whose ack was lost with the page is not stored twice', async (cast) => {
  const agent = await cast.agent('Ana');
  const context = await cast.context();
  const page = await context.newPage();
  const wire = await Wire.over(page);
  const visitor = await cast.tab(context, undefined, page);
  await visitor.open();
  await visitor.send('note 1');
  await visitor.arrives('note 1');
  await agent.open('note 1');
  wire.lose((frame) => frame.t === 'ack');
  await visitor.send('note 2');
  await agent.sees('note 2');
  await visitor.progress('note 2', 'Sending…');
  wire.lose(() => false);
  await page.reload();
  await visitor.open();
  await visitor.progress('note 2', 'Seen');
  await visitor.send('note 3');
  await visitor.progress('note 3', 'Seen');
  await visitor.reads(/^note/, ['note 1', 'note 2', 'note 3']);
  await agent.reads(/^note/, ['note 1', 'note 2', 'note 3']);
});

scene('D6 what is queued in a chat that was over goes on the next page, unopened', async (cast) => {
  const { agent, context, page, wire, visitor } = await talk(cast);
  await agent.closeChat();
  await visitor.sees(/This chat was closed/);
  await wire.cut();
  await visitor.send('note 2');
  await visitor.progress('note 2', 'Queued');
  await page.close();
  await context.setOffline(false);
  await cast.tab(context);
  await agent.open('note 2');
  await agent.reads(/^note/, ['note 1', 'note 2']);
});

scene('D6 what an agent could not send stays in sight when the chat is another’s', async (cast) => {
  cast.expect(LOST);
  const agent = await cast.agent('Ana');
  await cast.writer('note 1');
  await agent.open('note 1');
  const wire = await Wire.over(agent.page);
  await agent.page.reload();
  await agent.sees('note 1');
  await wire.cut();
  await agent.reply('note 2');
  await agent.progress('note 2', 'Queued');
  const conversation = new URL(agent.page.url()).pathname.split('/').at(-1) ?? '';
  const owner = await Agent.signIn(cast.url, 'owner@example.com');
  const desk = await owner.desk(false);
  desk.send({ t: 'transfer', conversation, to: owner.me.agent.id });
  const theirs = () => {
    const state = entry(desk, conversation)?.state;
    return state?.is === 'assigned' && state.agent.id === owner.me.agent.id;
  };
  await until('the owner to have it', theirs);
  // It is looked for on a page that starts elsewhere.
  await agent.page.close();
  await agent.page.context().setOffline(false);
  const later = new AgentPage(await agent.page.context().newPage());
  await later.page.goto(`${cast.url}/console`);
  await later.item('Not sent').click();
  await later.progress('note 2', 'The chat is not assigned to you.');
  await later.thread.getByRole('button', { name: 'Discard' }).click();
  await gone(later.item('Not sent'));
  await desk.end();
});

scene('C1 a console that was one too many goes on when it is asked to', async (cast) => {
  cast.expect(LOST);
  const hand = await house.hire('Ana', 5);
  const agent = await cast.console();
  await agent.signIn(hand);
  await agent.accept(true);
  const visitor = await cast.writer('note 1');
  await agent.open('note 1');
  const conversation = new URL(agent.page.url()).pathname.split('/').at(-1) ?? '';
  const me = await Agent.signIn(cast.url, hand.email);
  const others: { end(): Promise<void> }[] = [];
  for (let more = 0; more < 5; more += 1) {
    others.push(await me.desk(), await me.join(conversation));
  }
  const again = agent.page.getByRole('button', { name: 'Connect again' });
  await shown(again);
  for (const line of others) await line.end();
  await agent.reply('note 2');
  await again.click();
  await visitor.sees('note 2');
  await gone(again);
  await visitor.send('note 3');
  await agent.sees('note 3');
  await agent.reads(/^note/, ['note 1', 'note 2', 'note 3']);
});

scene('V13 a second tab shows the same thread, and both go on', async (cast) => {
  const agent = await cast.agent('Ana');
  const context = await cast.context();
  const first = await cast.tab(context);
  await first.open();
  await first.send('note 1');
  await first.arrives('note 1');
  const second = await cast.tab(context);
  await second.open();
  await second.reads(/^note/, ['note 1']);
  await second.send('note 2');
  await agent.open('note 2');
  await agent.reply('note 3');
  await first.send('note 4');
  const all = ['note 1', 'note 2', 'note 3', 'note 4'];
  await agent.reads(/^note/, all);
  await first.reads(/^note/, all);
  await second.reads(/^note/, all);
  await first.progress('note 2', 'Seen');
});

scene('V13 back and forward keep the thread', async (cast) => {
  const visitor = await cast.writer('note 1');
  await visitor.page.goto(`${cast.url}/console/sign-in`);
  await visitor.page.goBack();
  await visitor.open();
  await visitor.reads(/^note/, ['note 1']);
  await visitor.send('note 2');
  await visitor.arrives('note 2');
  await visitor.reads(/^note/, ['note 1', 'note 2']);
});

scene('H3 an agent who was cut off catches up, with the right unread count', async (cast) => {
  cast.expect(LOST);
  const agent = await cast.agent('Ana');
  const visitor = await cast.writer('note 1');
  await agent.open('note 1');
  await agent.reply('note 2');
  await visitor.sees('note 2');
  await agent.page.goto(`${cast.url}/console`);
  await shown(agent.item('You: note 2'));
  const wire = await Wire.over(agent.page);
  await agent.page.reload();
  await shown(agent.item('You: note 2'));
  await wire.cut();
  await shown(agent.page.getByText(BANNER));
  for (const text of ['note 3', 'note 4', 'note 5']) await visitor.send(text);
  await visitor.arrives('note 5');
  await wire.mend();
  await shown(agent.badge('note 5', 3));
  await gone(agent.page.getByText(BANNER));
  await agent.open('note 5');
  await agent.reads(/^note/, ['note 1', 'note 2', 'note 3', 'note 4', 'note 5']);
  await visitor.progress('note 5', 'Seen');
});

scene('A12 a reply written without a connection is sent once', async (cast) => {
  cast.expect(LOST);
  const agent = await cast.agent('Ana');
  const visitor = await cast.writer('note 1');
  await shown(agent.item('note 1'));
  const wire = await Wire.over(agent.page);
  await agent.page.reload();
  await agent.open('note 1');
  await agent.reply('note 2');
  await visitor.sees('note 2');
  await wire.cut();
  await shown(agent.thread.getByText('Will be sent when you are back online.'));
  await agent.reply('note 3');
  await agent.progress('note 3', 'Queued');
  await visitor.send('note 4');
  await visitor.arrives('note 4');
  await wire.mend();
  await visitor.sees('note 3');
  await agent.progress('note 3', 'Seen');
  await visitor.reads(/^note/, ['note 1', 'note 2', 'note 4', 'note 3']);
  await agent.reads(/^note/, ['note 1', 'note 2', 'note 4', 'note 3']);
});

scene('V12 the worker dies and comes back: both sides catch up', async (cast) => {
  cast.expect(LOST, /status of 50\d/);
  const agent = await cast.agent('Ana');
  const visitor = await cast.writer('note 1');
  await agent.open('note 1');
  await agent.reply('note 2');
  await visitor.sees('note 2');
  await house.worker.kill();
  await visitor.sees(/^No connection/);
  await shown(agent.page.getByText(BANNER));
  await visitor.send('note 3');
  await visitor.progress('note 3', 'Queued');
  await agent.reply('note 4');
  await agent.progress('note 4', 'Queued');
  await house.worker.start();
  await reconnected(visitor.log.getByText('No connection'));
  await reconnected(agent.page.getByText(BANNER));
  await agent.sees('note 3');
  await visitor.sees('note 4');
  await visitor.send('note 5');
  await agent.sees('note 5');
  await agent.reply('note 6');
  await visitor.sees('note 6');
  await until('both to read the same', async () => {
    const [theirs, ours] = await Promise.all([notes(visitor), notes(agent)]);
    return theirs.length === 6 && theirs.join() === ours.join();
  });
  const late = await cast.writer('After the crash');
  await late.sees(`${agent.name} is here`);
});

async function notes({ log }: Pick<VisitorPage, 'log'>): Promise<string[]> {
  return (await lines(log)).filter((line) => line.startsWith('note '));
}
