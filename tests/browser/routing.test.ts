// What agents and admins do at a desk with departments: offers, queues, handing over, and why.

import assert from 'node:assert/strict';
import type { Department, RoutingSettings } from '../../client/frames.ts';
import type { Edgewise } from '../../widget/embed.ts';
import { type Cast, openHouse } from '../support/browser.ts';
import { Agent, assigned, post, say, type Talk, until, Visitor } from '../support/live.ts';
import { type AgentPage, gone, shown } from '../support/people.ts';
import { openShop, snippet } from '../support/shop.ts';

const { scene } = openHouse();

type Rules = Partial<Omit<RoutingSettings, 'departments'>> & {
  departments: (Partial<Department> & { id: string })[];
};

/** The rules of the site from now on; what is not said has its default. */
async function rule(cast: Cast, rules: Rules): Promise<Agent> {
  const owner = await Agent.signIn(cast.url, 'owner@example.com');
  const answer = await post(cast.url, '/api/routing', rules, { cookie: owner.cookie });
  assert.equal(answer.status, 200, await answer.text());
  return owner;
}

/** A visitor without a browser, who has written to a department. */
async function call(cast: Cast, text: string, department: string): Promise<Talk> {
  const line = await new Visitor(cast.url).line();
  const page = `https://shop.example/${department}`;
  line.send({ t: 'hello', after: 0, context: { locale: 'en', page, department } });
  await say(line, 'call', text);
  return line;
}

const offerOf = (agent: AgentPage) => agent.page.getByRole('region', { name: 'A visitor for you' });
const press = (agent: AgentPage, name: string) =>
  agent.page.getByRole('button', { name, exact: true }).click();
const says = (agent: AgentPage, text: string | RegExp) => shown(agent.page.getByText(text));

const SALES = { id: 'sales', name: 'Sales' };
const SUPPORT = { id: 'support', name: 'Support' };

scene('D9 an offer is declined, accepted by key, or missed', async (cast) => {
  await rule(cast, { misses: 1, departments: [{ ...SALES, mode: 'offer', offer_s: 3600 }] });
  const ana = await cast.agent('Ana', { capacity: 1 });
  const ben = await cast.agent('Ben');
  const first = await call(cast, 'One', 'sales');
  await shown(offerOf(ana).getByRole('timer', { name: 'Time left' }));
  await gone(offerOf(ben));
  await press(ana, 'Decline');
  await gone(offerOf(ana));
  await shown(offerOf(ben));
  await shown(ana.item(`No. 1 in the queue · ${ben.name} is asked`));
  await shown(ben.item('No. 1 in the queue · you are asked'));
  await ben.page.keyboard.press('a');
  await assigned(first, ben.name);
  await gone(offerOf(ben));
  await ben.sees('One');
  await shown(ben.field);
  // An offer that nobody answers: whoever was asked is away, and admins hear of it.
  await ben.accept(false);
  await rule(cast, { misses: 1, departments: [{ ...SALES, mode: 'offer', offer_s: 1 }] });
  const owner = await cast.console();
  await owner.signIn({ name: 'Owner', email: 'owner@example.com' });
  const second = await call(cast, 'Two', 'sales');
  await says(ana, 'You missed a visitor and get no new chats until you are back.');
  await gone(offerOf(ana));
  assert.equal(await ana.switch.isChecked(), false);
  await says(owner, `${ana.name} missed 1 offer and is away.`);
  await press(owner, 'OK');
  await gone(owner.page.getByText(/ and is away/));
  await rule(cast, { misses: 1, departments: [SALES] });
  await press(ana, 'I am back');
  await gone(ana.page.getByText(/^You missed a visitor/));
  assert.equal(await ana.switch.isChecked(), true);
  await Promise.all([first, second].map((line) => line.end()));
});

scene('D5, D10, D11 queues of departments, a chat handed on with a note, notes', async (cast) => {
  const departments = [
    { ...SALES, wrap_up_s: 3600 },
    { ...SUPPORT, mode: 'manual' as const },
    { id: 'night', name: 'Night', hours: { zone: 'Europe/Vienna', week: [], holidays: [] } },
  ];
  await rule(cast, { departments });
  const [ana, ben] = await Promise.all([cast.agent('Ana'), cast.agent('Ben', { accepts: false })]);
  const buyer = await cast.writer('Which lamp is the brightest?');
  await buyer.sees(`${ana.name} is here`);
  const lines = [await call(cast, 'Broken', 'support'), await call(cast, 'Late', 'night')];
  await shown(ben.list.getByRole('heading', { name: 'Waiting · Support 1' }));
  await shown(ben.list.getByRole('heading', { name: 'Waiting · Night 1' }));
  await shown(ben.item('Parked: closed, or no room'));
  await ana.open('Which lamp is the brightest?');
  await ana.thread.getByRole('button', { name: 'Transfer' }).click();
  const dialog = ana.page.getByRole('dialog', { name: 'Transfer this chat' });
  await dialog.getByRole('textbox', { name: 'Note for the next agent' }).fill('Knows the Vik lamp');
  await dialog.getByRole('button', { name: 'Support' }).click();
  await gone(dialog);
  // Whoever had an agent stands in front.
  await shown(ben.list.getByRole('heading', { name: 'Waiting · Support 2' }));
  await buyer.sees(/^You are number 1 in the queue/);
  await ben.item('No. 1 in the queue').click();
  const note = ben.thread.getByRole('complementary', { name: `Note from ${ana.name}` });
  await shown(note.getByText('Knows the Vik lamp'));
  await ben.thread.getByRole('button', { name: 'Take' }).click();
  await buyer.sees(`${ben.name} is here`);
  await shown(note);
  assert.ok(!(await buyer.panel.textContent())?.includes('Vik'), 'a note is for the team');
  const third = await call(cast, 'Buying', 'sales');
  await assigned(third, ana.name);
  await ana.open('Buying');
  await ana.closeChat();
  await says(ana, 'Time for notes. New chats come afterwards.');
  const fourth = await call(cast, 'Buying, too', 'sales');
  await shown(ana.item('No. 1 in the queue').first());
  await press(ana, 'Done');
  await gone(ana.page.getByText(/^Time for notes/));
  await assigned(fourth, ana.name);
  await Promise.all([...lines, third, fourth].map((line) => line.end()));
});

scene('D7, D10 an admin takes over; a chat goes back to its queue', async (cast) => {
  await rule(cast, { departments: [SALES] });
  const ana = await cast.agent('Ana');
  const visitor = await cast.writer('Is anybody in charge?');
  await visitor.sees(`${ana.name} is here`);
  await ana.open('Is anybody in charge?');
  await shown(ana.field);
  const owner = await cast.console();
  await owner.signIn({ name: 'Owner', email: 'owner@example.com' });
  await owner.item(`With ${ana.name}`).click();
  await owner.thread.getByRole('button', { name: 'Take over' }).click();
  await shown(owner.field);
  await owner.reply('I am');
  await visitor.sees('I am');
  await ana.sees('I am');
  await gone(ana.field);
  await owner.thread.getByRole('button', { name: 'Transfer' }).click();
  const dialog = owner.page.getByRole('dialog', { name: 'Transfer this chat' });
  await dialog.getByRole('button', { name: 'Back to the queue' }).click();
  const here = visitor.log.getByText(`${ana.name} is here`, { exact: true });
  await until('Ana once more', async () => (await here.count()) === 2);
  await shown(ana.field);
});

scene('D12 why this agent, at the chat and for the whole site', async (cast) => {
  await rule(cast, { departments: [SALES] });
  const ana = await cast.agent('Ana');
  const ben = await cast.agent('Ben');
  const first = await call(cast, 'One', 'sales');
  await assigned(first, ana.name);
  const second = await call(cast, 'Two', 'sales');
  await assigned(second, ben.name);
  await ben.open('Two');
  const details = ben.page.getByRole('region', { name: 'Details' });
  await details.getByText('Why this agent?').click();
  await shown(details.getByText(`Given to ${ben.name}: has the least to do`));
  const others = details.getByRole('list', { name: 'Why not the others' });
  await shown(others.getByText(`${ana.name} has more to do`));
  await shown(details.getByText('Queued: the visitor wrote'));
  // It is told anew when the conversation moves on.
  await ben.closeChat();
  await shown(details.getByText('Closed: the chat was ended'));
  await ben.page.goto(`${cast.url}/console/decisions`);
  await shown(ben.list);
  const owner = await cast.console();
  await owner.signIn({ name: 'Owner', email: 'owner@example.com' });
  await owner.page.getByRole('link', { name: 'Decisions' }).click();
  const last = owner.page.getByRole('main').getByRole('listitem').first();
  await shown(last.getByText('Closed: the chat was ended'));
  await last.getByRole('link', { name: /^Visitor / }).click();
  await owner.sees('Two');
  await Promise.all([first, second].map((line) => line.end()));
});

scene(
  'A15 rules are saved at the console, take effect, and faults stand at the field',
  async (cast) => {
    cast.expect(/status of 400 .*\/api\/routing$/);
    await rule(cast, { departments: [SALES] });
    const ana = await cast.agent('Ana');
    const ben = await cast.agent('Ben');
    const owner = await cast.console();
    await owner.signIn({ name: 'Owner', email: 'owner@example.com' });
    const { page } = owner;
    await page.getByRole('link', { name: 'Routing' }).click();
    const main = page.getByRole('main');
    const rules = main.locator('form').first();
    const save = () => rules.getByRole('button', { name: 'Save' }).click();
    await rules.getByRole('button', { name: 'Add department' }).click();
    const card = rules.getByRole('group').filter({ hasText: 'New department' });
    await card.getByRole('textbox', { name: 'Name' }).fill('Lamps');
    const lamps = rules.getByRole('group').filter({ hasText: 'Lamps' }).last();
    await lamps.getByRole('textbox', { name: 'Id' }).fill('lamps');
    await lamps.getByRole('switch', { name: 'Always open' }).setChecked(false);
    await lamps.getByRole('textbox', { name: 'Time zone' }).fill('Mars/Olympus');
    await lamps.getByRole('textbox', { name: 'Monday' }).fill('17:00-09:00');
    await shown(lamps.getByText('Write times like 09:00-17:30, the end after the start.'));
    for (const day of [
      'Monday',
      'Tuesday',
      'Wednesday',
      'Thursday',
      'Friday',
      'Saturday',
      'Sunday',
    ]) {
      await lamps.getByRole('textbox', { name: day }).fill('00:00-24:00');
    }
    await gone(lamps.getByText(/^Write times like/));
    await rules.getByRole('button', { name: 'Add rule' }).click();
    await rules.getByRole('textbox', { name: 'Address contains' }).fill('/lamps/');
    await rules.getByRole('combobox', { name: 'Department' }).selectOption({ label: 'Lamps' });
    await save();
    await shown(lamps.getByRole('alert').getByText('There is no such time zone.'));
    await lamps.getByRole('textbox', { name: 'Time zone' }).fill('Europe/Vienna');
    await save();
    await shown(rules.getByText('Saved.'));
    // Only Ben serves lamps: it would be Ana's turn.
    await main.getByText(ana.name, { exact: true }).click();
    const anas = main.locator('form').filter({ visible: true }).last();
    await anas.getByRole('checkbox', { name: 'Sales' }).check();
    await anas.getByRole('button', { name: 'Save' }).click();
    await shown(anas.getByText('Saved.'));
    const line = await new Visitor(cast.url).line();
    const context = { locale: 'en', page: 'https://shop.example/lamps/vik' };
    line.send({ t: 'hello', after: 0, context });
    await say(line, 'call', 'Is it bright?');
    await assigned(line, ben.name);
    await page.reload();
    await main.locator('summary').filter({ hasText: 'Lamps' }).click();
    const zone = main.getByRole('textbox', { name: 'Time zone' });
    assert.equal(await zone.inputValue(), 'Europe/Vienna');
    await line.end();
  },
);

scene('D1 whoever comes back hears what went to others meanwhile', async (cast) => {
  await rule(cast, { grace_s: 0, departments: [SALES] });
  const ana = await cast.agent('Ana');
  const ben = await cast.agent('Ben', { accepts: false });
  const visitor = await cast.writer('Are you there?');
  await visitor.sees(`${ana.name} is here`);
  await ana.page.goto('about:blank');
  await shown(ben.item('No. 1 in the queue'));
  await ana.page.goto(`${cast.url}/console`);
  const news = ana.page.getByText('While you were gone, 1 chat went back to the queue.');
  await shown(news);
  await press(ana, 'OK');
  await gone(news);
  await visitor.reads(/is here/, [`${ana.name} is here`, `${ana.name} is here`]);
});

scene('A three agents serve visitors of two departments, and one helps another', async (cast) => {
  const owner = await rule(cast, { departments: [SALES, SUPPORT] });
  const ana = await cast.agent('Ana', { capacity: 1 });
  const visitor = await cast.visitor();
  // The page says which department is asked.
  await visitor.page.evaluate(() => {
    (window as unknown as { edgewise: Edgewise }).edgewise('update', { department: 'support' });
  });
  await visitor.open();
  await visitor.send('From the page');
  await visitor.sees(`${ana.name} is here`);
  const desk = await owner.desk();
  const { conversations } = await desk.kind('desk');
  const mine = conversations.find(({ state }) => state.is === 'assigned');
  assert.equal(mine?.department, 'support');
  await desk.end();

  const ben = await cast.agent('Ben', { capacity: 1 });
  const two = await call(cast, 'Two', 'sales');
  await assigned(two, ben.name);
  const eve = await cast.agent('Eve', { capacity: 1 });
  await assigned(await call(cast, 'Three', 'support'), eve.name);
  const four = await call(cast, 'Four', 'sales');
  await shown(ana.item('No. 1 in the queue'));

  await ana.open('From the page');
  await press(ana, 'Transfer');
  await press(ana, `Invite ${ben.name} to help`);
  await visitor.sees(`${ben.name} is here`);
  await ben.open('From the page');
  await ben.reply('I know this one');
  await visitor.sees('I know this one');
  await ana.sees('I know this one');
  await press(ben, 'Leave');
  await gone(ben.field);

  await ana.closeChat();
  await assigned(four, ana.name);
  await says(eve, 'Three');
});

scene('A the tag names a department and an agent, who is asked first', async (cast) => {
  const owner = await rule(cast, { departments: [SALES, SUPPORT] });
  await cast.agent('Ana');
  const ben = await cast.agent('Ben');
  const before = await owner.desk();
  const { agents } = await before.kind('desk');
  await before.end();
  const his = agents.find(({ agent }) => agent.name === ben.name)?.agent.id;
  const tag = snippet(cast.url, `data-department="support" data-agent="${his}"`);
  const shop = await openShop({ html: tag });
  try {
    const visitor = await cast.visitor({}, shop.url);
    await visitor.open();
    await visitor.send('For Ben');
    // By the rules alone it is Ana's turn, who has been there for longer.
    await visitor.sees(`${ben.name} is here`);
  } finally {
    shop.close();
  }
  const desk = await owner.desk();
  const { conversations } = await desk.kind('desk');
  await desk.end();
  const mine = conversations.find(({ state }) => state.is === 'assigned');
  assert.equal(mine?.department, 'support');
});
