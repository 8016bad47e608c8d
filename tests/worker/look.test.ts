// What a site shows of itself: name, pages, logo, faces (docs/protocol.md, A).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pictures } from '../../client/frames.ts';
import { Agent, post, SHOP, until, Visitor } from '../support/live.ts';
import { png, SVG, telling } from '../support/pictures.ts';
import { serve } from '../support/worker.ts';

let agent: Agent;
let owner: Agent;
const worker = serve(async () => {
  agent = await Agent.signIn(worker.url);
  owner = await Agent.signIn(worker.url, 'owner@example.com');
});

function send(who: Agent, of: string, body?: Buffer | string, origin = worker.url) {
  const headers = { cookie: who.cookie, origin };
  const method = body === undefined ? 'DELETE' : 'POST';
  const all = { method, headers, ...(body !== undefined && { body: body as BodyInit }) };
  return fetch(`${worker.url}/api/pictures/${of}`, all);
}

async function refused(answer: Promise<Response>, status: number, code: string): Promise<void> {
  const got = await answer;
  assert.deepEqual([got.status, (await got.json()).code], [status, code]);
}

test('a logo and a face reach every panel, and pages of any origin', async () => {
  const logo = png(40, 20);
  const face = png(30, 30);
  assert.equal((await send(owner, 'logo', logo)).status, 200);
  const pictures: Pictures = await (await send(agent, 'me', face)).json();
  const { lobby } = await new Visitor(worker.url).ticket();
  assert.deepEqual(lobby.pictures, pictures);
  assert.deepEqual(Object.keys(pictures.faces), [agent.me.agent.id]);

  const at = (id = '') => `${worker.url}/api/pictures/demo/${id}`;
  const shown = await fetch(at(pictures.logo), { headers: { origin: SHOP } });
  const head = (name: string) => shown.headers.get(name);
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), logo);
  assert.equal(head('content-type'), 'image/png');
  assert.equal(head('access-control-allow-origin'), '*');
  assert.equal(head('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(head('x-content-type-options'), 'nosniff');
  assert.equal(head('content-security-policy'), "default-src 'none'; sandbox");
  await refused(fetch(at('nothing')), 404, 'not_found');
  await refused(fetch(`${worker.url}/api/pictures/other/${pictures.logo}`), 404, 'not_found');

  assert.deepEqual(await (await send(owner, 'logo')).json(), { faces: pictures.faces });
  await refused(fetch(at(pictures.logo)), 404, 'not_found');
});

test('what is no small picture, or comes from elsewhere, is refused', async () => {
  await refused(send(agent, 'logo', png(4, 3)), 403, 'forbidden');
  await refused(send(owner, 'logo', png(4, 3), SHOP), 403, 'origin_not_allowed');
  await refused(send(owner, 'logo', SVG), 415, 'type_not_allowed');
  await refused(send(owner, 'logo', telling()), 422, 'has_metadata');
  await refused(send(owner, 'logo', png(513, 4)), 413, 'too_large');
  await refused(send(owner, 'logo', Buffer.alloc(64 * 1024 + 1)), 413, 'too_large');
  await refused(send(owner, 'somebody', png(4, 3)), 404, 'not_found');
  const stranger = fetch(`${worker.url}/api/pictures/me`, {
    method: 'POST',
    headers: { origin: worker.url },
    body: png(4, 3) as BodyInit,
  });
  await refused(stranger, 401, 'sign_in_required');
  await refused(fetch(`${worker.url}/api/pictures`), 401, 'sign_in_required');
});

test('who is there is shown before anybody has written, unless the owner hides it', async () => {
  const team = async () => {
    const { lobby } = await new Visitor(worker.url).ticket();
    return lobby.team.map(({ name }) => name);
  };
  assert.deepEqual(await team(), [], 'nobody is there');
  const desk = await agent.desk(true);
  await until('the agent', async () => (await team())[0] === agent.me.agent.name);
  const settings = await (
    await fetch(`${worker.url}/api/widget`, { headers: { cookie: owner.cookie } })
  ).json();
  const set = (hidden: boolean) =>
    post(worker.url, '/api/widget', { ...settings, hide_team: hidden }, { cookie: owner.cookie });
  assert.equal((await set(true)).status, 200);
  assert.deepEqual(await team(), []);
  await set(false);
  await desk.end();
});

test('name and pages change at once, and only by those who may', async () => {
  const at = '/api/site';
  const headers = { cookie: owner.cookie };
  const before = await (await fetch(worker.url + at, { headers })).json();
  const other = 'https://other.example';
  const asked = { name: 'Lamps & more', origins: [...before.origins, `${other}/`] };
  const visit = () => new Visitor(worker.url).ticket(other);
  await assert.rejects(visit(), /origin_not_allowed/);
  await refused(post(worker.url, at, asked, { cookie: agent.cookie }), 403, 'forbidden');
  const bad = { ...asked, origins: ['other'] };
  await refused(post(worker.url, at, bad, headers), 400, 'bad_request');
  await assert.rejects(visit(), /origin_not_allowed/);
  const answer = await post(worker.url, at, asked, headers);
  assert.deepEqual(await answer.json(), { ...asked, origins: [...before.origins, other] });
  assert.equal((await visit()).site_name, 'Lamps & more');
  await post(worker.url, at, before, headers);
  await assert.rejects(visit(), /origin_not_allowed/);
});
