// Set-up, sign-in and rights over plain HTTP: docs/protocol.md A and T1. The tests of one worker
// tell one story, from an empty deployment on.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Me, TeamMember, VisitorWelcome } from '../../client/frames.ts';
import { post } from '../support/live.ts';
import { serve } from '../support/worker.ts';

const SHOP = 'https://shop.example';
const PASSWORD = 'a pass phrase of the owner';
const OWNER = { name: 'Olivia', email: 'Olivia@Example.com', password: PASSWORD };
const SITE = { site: 'shop', site_name: 'The shop', origins: [SHOP] };
const ALL = ['ASSETS', 'CONVERSATION', 'DEPLOYMENT', 'ROUTER', 'SITE'];

/** Status, code and wrong field of an answer that is no success; its body has nothing else. */
async function problem(asked: Promise<Response>): Promise<(number | string)[]> {
  const answer = await asked;
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const { code, message, field, ...more } = await answer.json();
  assert.ok(typeof message === 'string' && message.length > 0);
  assert.deepEqual([more, answer.headers.getSetCookie()], [{}, []]);
  return field === undefined ? [answer.status, code] : [answer.status, code, field];
}

const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
const secret = () => randomBytes(32).toString('base64url');

describe('a new deployment', () => {
  const worker = serve(undefined, { seed: false });
  const secrets = [PASSWORD];
  let me: Me;
  let owner = '';
  let agent = '';

  const api = (path: string, body: unknown, headers = {}) => post(worker.url, path, body, headers);
  const get = (path: string, cookie = '') => fetch(worker.url + path, { headers: { cookie } });
  const setUp = (changes = {}) =>
    api('/api/setup', { token: worker.token, ...SITE, ...OWNER, ...changes });
  const signIn = (email: string, password: string, more = {}) =>
    api('/api/sign-in', { email, password, ...more });
  const visit = (origin: string, site: string, own = secret()) =>
    api('/api/visitors', { site, secret: own }, { origin });
  const add = (cookie: string, changes = {}) => {
    const one = { name: 'Ana', email: 'ana@example.com', role: 'agent', capacity: 5 };
    return api('/api/agents', { ...one, password: PASSWORD, ...changes }, { cookie });
  };

  test('A healthz is well before set-up', async () => {
    const answer = await get('/healthz');
    const { ok, bindings, missing } = await answer.json();
    assert.deepEqual([answer.status, ok, bindings.sort(), missing], [200, true, ALL, []]);
    assert.deepEqual(await (await get('/api/setup')).json(), { done: false, site: null });
  });

  test('A before set-up nobody signs in, and no visitor comes', async () => {
    assert.deepEqual(await problem(signIn(OWNER.email, PASSWORD)), [503, 'not_configured']);
    assert.deepEqual(await problem(visit(SHOP, SITE.site)), [404, 'not_found']);
  });

  test('A a wrong set-up token or a faulty set-up makes nothing', async () => {
    for (const token of ['', 'guess', `${worker.token}x`]) {
      assert.deepEqual(await problem(setUp({ token })), [403, 'wrong_token'], token);
    }
    const faults = [
      { password: '1234567' },
      { password: 'x'.repeat(257) },
      { email: 'no address' },
      { origins: ['https://*.example'] },
      { origins: Array.from({ length: 51 }, (_, at) => `https://${at}.example`) },
      { site: 'The Shop' },
      { name: ' ' },
      { site_name: 'x'.repeat(81) },
    ];
    for (const fault of faults) {
      const told = JSON.stringify(fault).slice(0, 40);
      assert.deepEqual(await problem(setUp(fault)), [400, 'bad_request'], told);
    }
    assert.deepEqual(await (await get('/api/setup')).json(), { done: false, site: null });
  });

  test('A set-up succeeds once, however many try at a time', async () => {
    const rivals = ['one', 'two', 'three'].map((site) => ({ site, email: `${site}@example.com` }));
    const tries = await Promise.all([setUp(), ...rivals.map(setUp)]);
    const [done, ...more] = tries.filter((answer) => answer.status === 201);
    assert.deepEqual([Boolean(done), more], [true, []], 'one and only one');
    for (const late of tries.filter((answer) => answer !== done)) {
      assert.deepEqual(await problem(Promise.resolve(late)), [409, 'already_set_up']);
    }
    owner = cookieOf(done as Response);
    me = await (done as Response).json();
    assert.deepEqual(await problem(setUp({ site: 'four' })), [409, 'already_set_up']);
    assert.deepEqual(await (await get('/api/setup')).json(), { done: true, site: me.site });
    assert.equal(me.role, 'owner');
  });

  test('A the cookie is for this host only and out of the reach of scripts', async () => {
    const answer = await signIn(me.email.toUpperCase(), PASSWORD);
    const [pair = '', ...attributes] = (answer.headers.getSetCookie()[0] ?? '').split('; ');
    assert.match(pair, new RegExp(`^edgewise=${me.site}\\.[\\w-]{43}$`));
    assert.deepEqual(attributes.sort(), [
      'HttpOnly',
      `Max-Age=${7 * 24 * 3600}`,
      'Path=/',
      'SameSite=Strict',
    ]);
    assert.deepEqual(await answer.json(), me);
    assert.deepEqual(await (await get('/api/me', pair)).json(), me);
    secrets.push(pair.split('.')[1] ?? '');
  });

  test('A only who is signed in is answered', async () => {
    const forged = `edgewise=${me.site}.${secret()}`;
    const other = owner.replace(`${me.site}.`, 'elsewhere.');
    for (const cookie of ['', 'edgewise=', 'edgewise=x', forged]) {
      assert.deepEqual(await problem(get('/api/me', cookie)), [401, 'sign_in_required'], cookie);
      assert.deepEqual(await problem(get('/api/agents', cookie)), [401, 'sign_in_required']);
      assert.deepEqual(await problem(add(cookie)), [401, 'sign_in_required']);
      const ticket = api('/api/tickets', { for: 'desk' }, { cookie });
      assert.deepEqual(await problem(ticket), [401, 'sign_in_required']);
    }
    assert.equal((await get('/api/me', other)).ok, false, 'a cookie is of one site');
  });

  test('A an owner adds agents, an agent adds nobody, an e-mail is taken once', async () => {
    const added = await add(owner);
    const member: TeamMember = await added.json();
    assert.deepEqual([added.status, member.email, member.role], [201, 'ana@example.com', 'agent']);
    assert.deepEqual(await problem(add(owner, { email: 'ANA@example.com' })), [409, 'email_taken']);
    const second = { role: 'owner', email: 'b@example.com' };
    assert.deepEqual(await problem(add(owner, second)), [403, 'forbidden']);
    for (const capacity of [0, 51]) {
      const told = await problem(add(owner, { email: 'b@example.com', capacity }));
      assert.deepEqual(told, [400, 'bad_request']);
    }
    agent = cookieOf(await signIn('ana@example.com', PASSWORD));
    for (const role of ['agent', 'admin', 'owner']) {
      const told = await problem(add(agent, { email: 'c@example.com', role }));
      assert.deepEqual(told, [403, 'forbidden'], role);
    }
    const team: TeamMember[] = await (await get('/api/agents', agent)).json();
    assert.deepEqual(team.map((one) => one.email).sort(), ['ana@example.com', me.email].sort());
    assert.ok(!JSON.stringify(team).includes('argon2'));
  });

  test('A an admin adds agents and no admins', async () => {
    const chief = { name: 'Adi', email: 'adi@example.com', role: 'admin' };
    assert.equal((await add(owner, chief)).status, 201);
    const admin = cookieOf(await signIn(chief.email, PASSWORD));
    assert.equal((await add(admin, { email: 'zoe@example.com' })).status, 201);
    const more = { email: 'd@example.com', role: 'admin' };
    assert.deepEqual(await problem(add(admin, more)), [403, 'forbidden']);
  });

  test('A the rules of the desk are read by all, and changed by admins and owners', async () => {
    const rules = await (await get('/api/routing', agent)).json();
    assert.deepEqual([rules.grace_s, rules.departments.length, rules.pages], [30, 1, []]);
    const departments = [{ id: 'sales', name: 'Sales' }, { id: 'support' }];
    const change = (more: object, cookie = owner, headers = {}) =>
      api('/api/routing', { departments, ...more }, { cookie, ...headers });
    assert.deepEqual(await problem(get('/api/routing')), [401, 'sign_in_required']);
    assert.deepEqual(await problem(change({}, agent)), [403, 'forbidden']);
    const foreign = change({}, owner, { origin: SHOP });
    assert.deepEqual(await problem(foreign), [403, 'origin_not_allowed']);
    for (const [fault, ...field] of [
      [{ grace_s: -1 }],
      [{ grace_s: 86_401 }, 'grace_s'],
      [{ departments: [] }, 'departments'],
      [{ more: 1 }],
      [{ departments: [{ id: 'a', mode: 'magic' }] }],
      [
        { departments: [{ id: 'a', hours: { zone: 'Mars/North', week: [] } }] },
        'departments.0.hours.zone',
      ],
    ] as [object, string?][]) {
      const answer = await problem(change(fault));
      assert.deepEqual(answer, [400, 'bad_request', ...field], JSON.stringify(fault));
    }
    const stale = await problem(change({ version: rules.version + 1 }));
    assert.deepEqual(stale, [409, 'outdated', 'version']);
    const week = [{ day: 1, from: 540, to: 1020 }];
    const hours = { zone: 'Asia/Kathmandu', week, holidays: ['2026-12-24'] };
    const taken = await change({ departments: [{ id: 'sales', hours }], grace_s: 5 });
    assert.equal(taken.status, 200);
    const after = await (await get('/api/routing', agent)).json();
    assert.deepEqual([after.grace_s, after.departments[0].hours], [5, hours]);
    assert.equal((await change({ grace_s: 30 })).status, 200, 'what is absent has its default');
  });

  test('A admins say what agents can serve, and take agents out of the team', async () => {
    const added = await add(owner, { email: 'max@example.com' });
    const max: TeamMember = await added.json();
    const cookie = cookieOf(await signIn('max@example.com', PASSWORD));
    const profile = { departments: ['sales'], skills: ['tax'], languages: ['en'] };
    const set = (by: string, changes = {}) => {
      const asked = { agent: max.agent.id, capacity: 7, profile, ...changes };
      return api('/api/routing/agents', asked, { cookie: by });
    };
    assert.deepEqual(await problem(set(cookie)), [403, 'forbidden']);
    assert.deepEqual(await problem(set(owner, { capacity: 0 })), [400, 'bad_request']);
    assert.deepEqual(await problem(set(owner, { agent: 'nobody' })), [404, 'not_found']);
    const nowhere = { profile: { ...profile, departments: ['nowhere'] } };
    const wrong = [400, 'bad_request', 'profile.departments'];
    assert.deepEqual(await problem(set(owner, nowhere)), wrong);
    assert.deepEqual(await (await set(owner)).json(), { ...max, capacity: 7 });
    const remove = (by: string, id: string) =>
      api('/api/agents/remove', { agent: id }, { cookie: by });
    assert.deepEqual(await problem(remove(cookie, max.agent.id)), [403, 'forbidden']);
    assert.deepEqual(await problem(remove(owner, me.agent.id)), [403, 'forbidden'], 'the owner');
    for (const time of ['once', 'again']) {
      assert.equal((await remove(owner, max.agent.id)).status, 204, time);
    }
    assert.deepEqual(await problem(get('/api/me', cookie)), [401, 'sign_in_required']);
    const team: TeamMember[] = await (await get('/api/agents', owner)).json();
    assert.ok(!team.some((one) => one.agent.id === max.agent.id));
  });

  test('A sign-out ends this sign-in and no other', async () => {
    const one = cookieOf(await signIn('ana@example.com', PASSWORD));
    const answer = await api('/api/sign-out', {}, { cookie: one });
    assert.equal(answer.status, 204);
    assert.match(answer.headers.getSetCookie()[0] ?? '', /^edgewise=;.*Max-Age=0$/);
    assert.deepEqual(await problem(get('/api/me', one)), [401, 'sign_in_required']);
    assert.equal((await get('/api/me', agent)).status, 200);
  });

  test('A wrong passwords, people and sites are refused alike, and eight are enough', async () => {
    const wrong = [401, 'wrong_credentials'];
    assert.deepEqual(await problem(signIn('nobody@example.com', PASSWORD)), wrong);
    assert.deepEqual(await problem(signIn(me.email, PASSWORD, { site: 'no-such-site' })), wrong);
    assert.deepEqual(await problem(signIn(me.email, 'x'.repeat(257))), wrong);
    for (let tries = 0; tries < 8; tries += 1) {
      assert.deepEqual(await problem(signIn('zoe@example.com', `guess ${tries}`)), wrong);
    }
    const told = await problem(signIn('zoe@example.com', PASSWORD));
    assert.deepEqual(told, [429, 'too_many_tries'], 'the right one does not help now');
    assert.equal((await signIn('ana@example.com', PASSWORD)).status, 200, 'others are not held up');
  });

  test('T1 a visitor comes from an allowed page, and may read why not from others', async () => {
    const mine = secret();
    secrets.push(mine);
    const welcome = await visit(SHOP, me.site, mine);
    assert.equal(welcome.headers.get('access-control-allow-origin'), SHOP);
    const one: VisitorWelcome = await welcome.json();
    const again: VisitorWelcome = await (await visit(SHOP, me.site, mine)).json();
    assert.equal(again.conversation, one.conversation);
    assert.equal(one.site_name, SITE.site_name);
    const origins = [
      'http://shop.example',
      'https://shop.example.evil.example',
      'null',
      `${SHOP}:444`,
    ];
    for (const origin of origins) {
      const refused = visit(origin, me.site, mine);
      assert.equal((await refused).headers.get('access-control-allow-origin'), origin);
      assert.deepEqual(await problem(refused), [403, 'origin_not_allowed']);
    }
    assert.deepEqual(await problem(visit(SHOP, 'no-such-site')), [404, 'not_found']);
    for (const bad of ['', 'short', randomBytes(33).toString('base64url'), '!'.repeat(43)]) {
      assert.deepEqual(await problem(visit(SHOP, me.site, bad)), [400, 'bad_request'], bad);
    }
    const asked = { method: 'OPTIONS', headers: { origin: SHOP } };
    const preflight = await fetch(`${worker.url}/api/visitors`, asked);
    assert.equal(preflight.status, 204);
    const headers = preflight.headers.get('access-control-allow-headers');
    assert.equal(headers, 'authorization, content-type');
  });

  test('the stored data hold no password, no cookie and no secret of a visitor', () => {
    const files = readdirSync(worker.state, { recursive: true, encoding: 'utf8' });
    const kept = files.filter((file) => /\.sqlite(-wal)?$/.test(file));
    const data = Buffer.concat(kept.map((file) => readFileSync(join(worker.state, file))));
    assert.ok(data.includes(me.email), 'these are the files');
    assert.equal(secrets.length, 3);
    for (const one of secrets) {
      assert.ok(one.length > 20 && !data.includes(one), `“${one}” is stored in the clear`);
      const bytes = Buffer.from(one, 'base64url');
      assert.ok(!data.includes(bytes), `“${one}” is stored as bytes`);
    }
  });
});

describe('a deployment without its secret', () => {
  const worker = serve(undefined, { seed: false, vars: { SETUP_TOKEN: undefined }, health: 503 });

  test('A healthz says what is missing and what to do', async () => {
    const answer = await fetch(`${worker.url}/healthz`);
    const { ok, missing } = await answer.json();
    assert.deepEqual([answer.status, ok, missing.length], [503, false, 1]);
    assert.match(missing[0], /SETUP_TOKEN.*npm run deploy/);
  });

  test('A set-up says so, too, and lets nobody in', async () => {
    const told = await problem(post(worker.url, '/api/setup', { token: '', ...SITE, ...OWNER }));
    assert.deepEqual(told, [503, 'not_configured']);
  });
});
