// What strangers and broken clients send: docs/protocol.md T3 to T5, H1, C1 and A. One visitor
// misbehaves all the time, and another's talk beside it goes on undisturbed.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { ClientFrame, ServerFrame } from '../../client/frames.ts';
import { withEnd } from '../support/forger.ts';
import {
  Agent,
  assigned,
  events,
  heard,
  Line,
  open,
  post,
  SHOP,
  say,
  type Talk,
  texts,
  until,
  Visitor,
} from '../support/live.ts';
import { Poller } from '../support/poller.ts';
import { serve } from '../support/worker.ts';

const KIB = 1024;
let owner: Agent;
let ana: Agent;
let rude: Visitor;
/** The healthy talk beside all of this. */
let tab: Talk;
let agent: Talk;
let said = 0;

const worker = serve(async () => {
  owner = await Agent.signIn(worker.url, 'owner@example.com');
  ana = await Agent.signIn(worker.url);
  rude = new Visitor(worker.url);
  const polite = new Visitor(worker.url);
  await ana.desk(true);
  tab = await polite.tab();
  await say(tab, 'first', 'hello');
  await assigned(tab, 'Ana Agent');
  agent = await ana.join(polite.conversation);
});

afterEach(async () => {
  said += 1;
  await say(tab, `v${said}`, `question ${said}`);
  await heard(agent, `question ${said}`);
  await say(agent, `a${said}`, `answer ${said}`);
  await heard(tab, `answer ${said}`);
  await (await rude.tab()).end();
});

type Raw = string | Buffer;

/** The code with which a visitor's socket is closed that sends this after its hello. */
async function visitorCode(data: Raw): Promise<number> {
  const line = await rude.tab();
  line.sendRaw(data);
  return (await line.closed).code;
}

async function agentCode(data: Raw): Promise<number> {
  const line = await owner.join(rude.conversation);
  line.sendRaw(data);
  return (await line.closed).code;
}

async function deskCode(data: Raw): Promise<number> {
  const line = await owner.desk();
  line.sendRaw(data);
  return (await line.closed).code;
}

/** A frame of just this many bytes that names an unknown conversation or blank text. */
function sized(bytes: number): string {
  const frame = { t: 'send', client_id: 'big', text: '' };
  const rest = bytes - JSON.stringify(frame).length;
  return JSON.stringify({ ...frame, text: ' '.repeat(rest) });
}

/** Every frame with each of its fields replaced by what it cannot be. */
function bent(frames: Record<string, unknown>[]): [string, string][] {
  const wrong: Record<string, unknown[]> = {
    string: [{}, [], ['a'], true, null, 7],
    number: [{}, [], [1], true, null, '7', -1, 1.5, 2 ** 32, 1e300],
    boolean: [{}, [], null, 1, 0, 'true', ''],
    object: [[], ['en'], true, 7, 'en', {}, { locale: 'en' }, { locale: 1, page: 'p' }],
  };
  const ids: Record<string, unknown[]> = {
    client_id: ['', 'a b', 'ü', 'x'.repeat(49)],
    conversation: ['', 'a b', 'x'.repeat(49), 'x'.repeat(20_000)],
    to: ['', 'a/b', 'x'.repeat(49)],
    epoch: ['', 'a b', 'x'.repeat(49)],
  };
  // An optional field may be null as well as absent.
  const optional = ['epoch', 'context'];
  const all: [string, string][] = [];
  for (const frame of frames) {
    for (const [field, value] of Object.entries(frame)) {
      for (const bad of [...(wrong[typeof value] ?? []), ...(ids[field] ?? [])]) {
        if (bad === null && optional.includes(field)) continue;
        const text = JSON.stringify({ ...frame, [field]: bad });
        all.push([`${frame.t}.${field} = ${JSON.stringify(bad).slice(0, 30)}`, text]);
      }
      if (optional.includes(field)) continue;
      all.push([`${frame.t} without ${field}`, JSON.stringify({ ...frame, [field]: undefined })]);
    }
    all.push([`${frame.t} with more`, JSON.stringify({ ...frame, more: 1 })]);
    all.push([`${frame.t} as a list`, JSON.stringify(Object.values(frame))]);
  }
  return all;
}

const NO_FRAMES: [string, string][] = [
  ['nothing', ''],
  ['words', 'hello'],
  ['half', '{"t":"typing","on":tr'],
  ['two', '{"t":"typing","on":true}{"t":"typing","on":true}'],
  ['a number', '1'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no kind', '{}'],
  ['an unknown kind', '{"t":"welcome"}'],
  ['a kind in capitals', '{"t":"Close"}'],
  ['a field twice', '{"t":"typing","on":true,"on":false}'],
  ['depth', `{"t":"typing","on":${'['.repeat(5_000)}`],
  ['half a character', '{"t":"send","client_id":"m","text":"\\ud800"}'],
];

/** Which of the frames are not answered with 4400, and with what instead. */
async function survivors(frames: [string, string][], code: (data: Raw) => Promise<number>) {
  const odd: string[] = [];
  for (const [name, text] of frames) {
    const limit = new Promise<string>((late) => setTimeout(late, 10_000, 'open').unref());
    const seen = await Promise.race([code(text), limit]);
    if (seen !== 4400) odd.push(`${name}: ${seen}`);
  }
  return odd;
}

test('T5 a token ends by itself, and a socket that it has opened does not', async () => {
  const chat = `${worker.url}/ws/conversation`;
  const told = (await rude.ticket()).ticket.token;
  const desk = await ana.ticket({ for: 'desk' });
  const late = Date.now() - 1;
  for (const [url, token, origin] of [
    [chat, withEnd(worker.state, told, late), SHOP],
    [`${worker.url}/ws/desk`, withEnd(worker.state, desk, late), worker.url],
  ] as const) {
    await assert.rejects(open(url, token, origin), { message: 'refused with 401' });
  }
  const poller = await Poller.of(rude);
  const ended = await poller.ask([], SHOP, withEnd(worker.state, told, late));
  assert.deepEqual([ended.status, (await ended.json()).code], [401, 'token_invalid']);
  // The same, with its end still to come, works until then.
  const short = withEnd(worker.state, told, Date.now() + 4_000);
  const line = new Line<ClientFrame, ServerFrame>(await open(chat, short, SHOP));
  line.send({ t: 'hello', after: 0 });
  await line.kind('batch');
  await until('the end of the token', () =>
    open(chat, short, SHOP).then(
      (socket) => socket.terminate(),
      (refusal: Error) => refusal.message === 'refused with 401',
    ),
  );
  await say(line, 'outlived', 'the token has ended, the socket has not');
  await line.end();
});

test('T3 T4 T5 only the right token, origin and door open a socket', async () => {
  const { ticket } = await rude.ticket();
  const desk = await owner.ticket({ for: 'desk' });
  const [payload = '', tag = ''] = ticket.token.split('.');
  const grant = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const later = Buffer.from(JSON.stringify({ ...grant, expires: 9e15 })).toString('base64url');
  const turned = `${tag.startsWith('A') ? 'B' : 'A'}${tag.slice(1)}`;
  const chat = `${worker.url}/ws/conversation`;
  const cases: [string, string, string, number][] = [
    [chat, 'garbage', SHOP, 401],
    [chat, 'a.b', SHOP, 401],
    [chat, `${payload}.${turned}`, SHOP, 401],
    [chat, `${later}.${tag}`, SHOP, 401],
    [chat, `${payload}.`, SHOP, 401],
    [`${worker.url}/ws/desk`, ticket.token, SHOP, 401],
    [chat, desk, worker.url, 401],
    [chat, ticket.token, 'http://localhost:9', 403],
    [chat, ticket.token, '', 403],
    [`${worker.url}/ws/desk`, desk, '', 403],
  ];
  for (const [url, token, origin, status] of cases) {
    const told = `${url} ${token.slice(0, 9)} ${origin}`;
    await assert.rejects(open(url, token, origin), { message: `refused with ${status}` }, told);
  }
  const plain = await fetch(chat, { headers: { origin: SHOP } });
  assert.deepEqual([plain.status, (await plain.json()).code], [426, 'upgrade_required']);
  (await open(chat, ticket.token, SHOP)).terminate();
});

test('H1 C1 whose first frame is not hello is closed with 4402', async () => {
  for (const t of ['{"t":"send","client_id":"m","text":"x"}', '{"t":"close"}']) {
    const line = await rude.line();
    line.sendRaw(t);
    assert.equal((await line.closed).code, 4402);
  }
  const line = await owner.console();
  line.send({ t: 'accept', on: false });
  assert.equal((await line.closed).code, 4402);
});

test('C1 a binary frame is closed with 1003', async () => {
  const data = Buffer.from('{"t":"typing","on":true}');
  for (const code of [visitorCode, agentCode, deskCode]) assert.equal(await code(data), 1003);
});

test('C1 a frame is read up to its bound and closed with 1009 one past it', async () => {
  const fits = await rude.tab();
  fits.sendRaw(sized(32 * KIB));
  assert.equal((await fits.kind('rejected')).code, 'text_empty');
  assert.equal(await visitorCode(sized(32 * KIB + 1)), 1009);
  const theirs = await owner.join(rude.conversation);
  theirs.sendRaw(sized(64 * KIB));
  assert.equal((await theirs.kind('rejected')).code, 'text_empty');
  assert.equal(await agentCode(sized(64 * KIB + 1)), 1009);
  assert.equal(await visitorCode('x'.repeat(1024 * KIB)), 1009);
});

test('C1 what is no frame of a conversation is closed with 4400', async () => {
  const frames = [
    { t: 'hello', after: 0, epoch: 'e', context: { locale: 'en', page: 'p' } },
    { t: 'send', client_id: 'm', text: 'x' },
    { t: 'typing', on: true },
    { t: 'seen', seq: 0 },
    { t: 'close' },
  ];
  const all = [...NO_FRAMES, ...bent(frames), ...bent([{ t: 'take', conversation: 'x' }])];
  assert.deepEqual(await survivors(all, visitorCode), []);
});

test('C1 what is no frame of a desk is closed with 4400', async () => {
  const frames = [
    { t: 'hello' },
    { t: 'accept', on: true },
    { t: 'transfer', conversation: 'x', to: 'y' },
    { t: 'take', conversation: 'x' },
    { t: 'answer', conversation: 'x', yes: true },
    { t: 'ready' },
  ];
  const all = [...NO_FRAMES, ...bent(frames), ...bent([{ t: 'typing', on: true }])];
  assert.deepEqual(await survivors(all, deskCode), []);
});

test('C1 nothing that is sent behind a bad frame counts', async () => {
  const visitor = new Visitor(worker.url);
  const line = await visitor.tab();
  line.sendRaw('bad');
  for (let count = 0; count < 5; count += 1) {
    line.send({ t: 'send', client_id: `m${count}`, text: 'behind it' });
  }
  assert.equal((await line.closed).code, 4400);
  assert.deepEqual(events(await visitor.tab()), []);
});

test('C1 of more than five sockets of one participant the oldest goes with 4409', async () => {
  const visitor = new Visitor(worker.url);
  const lines: Talk[] = [];
  for (let count = 0; count < 6; count += 1) lines.push(await visitor.tab());
  assert.equal((await lines[0]?.closed)?.code, 4409);
  await say(lines[5] as Talk, 'm', 'still here');
  for (const line of lines.slice(1, 5)) await heard(line, 'still here');
  const desks = [];
  for (let count = 0; count < 6; count += 1) desks.push(await owner.desk());
  assert.equal((await desks[0]?.closed)?.code, 4409);
  for (const desk of desks.slice(1)) {
    assert.equal(desk.isClosed, false);
    await desk.end();
  }
});

test('C1 S4 a flood is closed with 4429, and what was stored is its beginning', async () => {
  const visitor = new Visitor(worker.url);
  const line = await visitor.tab();
  // Big enough that reading all of it takes longer than one step of the pace.
  const sent = Array.from({ length: 600 }, (_, at) => `${at} ${'x'.repeat(4_000)}`);
  for (const [at, text] of sent.entries()) line.send({ t: 'send', client_id: `m${at}`, text });
  const { code, reason } = await line.closed;
  assert.equal(code, 4429);
  const [from, to] = reason.split('-').map(Number) as [number, number];
  assert.ok(from > 0 && to > from && to < 100_000, `when to come back, in ms: ${reason}`);
  const log = events(await visitor.tab());
  const stored = texts(log);
  assert.ok(stored.length >= 39, `${stored.length} stored`);
  const heads = stored.map((text) => text.split(' ')[0]);
  assert.deepEqual(heads, [...heads.keys()].map(String), 'the beginning, in order, without a gap');
  assert.deepEqual(
    line.all('ack').map((ack) => ack.seq),
    log.filter((event) => event.body.kind === 'message').map((event) => event.seq),
  );
});

/** Status and code of a refusal. */
async function refused(path: string, init: RequestInit = {}): Promise<[number, string]> {
  const answer = await fetch(worker.url + path, init);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const { code, message, ...more } = await answer.json();
  assert.ok(typeof message === 'string' && Object.keys(more).length === 0);
  return [answer.status, code];
}

test('A unknown routes and wrong methods', async () => {
  for (const path of ['/api/', '/api/nothing', '/ws/other', '/api/me/', '/api/../api/x']) {
    assert.deepEqual(await refused(path), [404, 'not_found'], path);
  }
  const wrong: [string, string][] = [
    ['/api/me', 'POST'],
    ['/api/sign-in', 'GET'],
    ['/api/agents', 'DELETE'],
    ['/api/visitors', 'PUT'],
    ['/healthz', 'POST'],
    ['/ws/desk', 'POST'],
  ];
  for (const [path, method] of wrong) {
    assert.deepEqual(await refused(path, { method }), [405, 'method_not_allowed'], path);
  }
});

test('A bodies that are too large, no JSON, or have other fields', async () => {
  const secret = rude.secret;
  const body = { site: 'demo', secret };
  const send = (text: string) =>
    refused('/api/visitors', { method: 'POST', headers: { origin: SHOP }, body: text });
  const bad = [400, 'bad_request'];
  const texts = ['', '{', 'null', '[]', '"x"', JSON.stringify({ ...body, more: 1 })];
  const wrong = [{}, [], true, 7, null].map((value) => JSON.stringify({ ...body, secret: value }));
  const list = JSON.stringify(Object.values(body));
  for (const text of [...texts, ...wrong, list]) assert.deepEqual(await send(text), bad, text);
  const room = 16 * KIB - JSON.stringify(body).length;
  assert.deepEqual(await send(JSON.stringify(body) + ' '.repeat(room + 1)), [413, 'too_large']);
  const fits = JSON.stringify(body) + ' '.repeat(room);
  const answer = await fetch(`${worker.url}/api/visitors`, {
    method: 'POST',
    headers: { origin: SHOP },
    body: fits,
  });
  assert.equal(answer.status, 200, 'at the bound');
  const more = JSON.stringify({ for: 'desk', more: 1 });
  const headers = { origin: worker.url, cookie: ana.cookie };
  const ticket = await refused('/api/tickets', { method: 'POST', headers, body: more });
  assert.deepEqual(ticket, bad, 'a ticket with more');
});

test('A what changes something must come from a page of this deployment', async () => {
  for (const path of [
    '/api/setup',
    '/api/sign-in',
    '/api/sign-out',
    '/api/agents',
    '/api/tickets',
    '/api/widget',
  ]) {
    for (const origin of [SHOP, 'null', `${worker.url}0`, `${worker.url}/`]) {
      const answer = await post(worker.url, path, {}, { origin, cookie: ana.cookie });
      const { code } = await answer.json();
      assert.deepEqual([answer.status, code], [403, 'origin_not_allowed'], `${path} ${origin}`);
    }
    const headers = { cookie: ana.cookie };
    const told = await refused(path, { method: 'POST', headers, body: '{}' });
    assert.deepEqual(told, [403, 'origin_not_allowed'], `${path} without an origin`);
  }
  const me = await fetch(`${worker.url}/api/me`, { headers: { cookie: ana.cookie } });
  assert.equal(me.status, 200, 'nobody was signed out');
});

test('the talk beside it all is whole', async () => {
  await until('the last answer', () => texts(events(tab)).includes(`answer ${said}`));
  const seqs = events(agent).map((event) => event.seq);
  const last = Math.max(...events(tab).map((event) => event.seq));
  assert.equal(last, 2 + 2 * said);
  assert.deepEqual([...new Set(seqs)], seqs);
});
