// What is served to pages: the widget under its names, the chat as a page, and all of it below a
// path of somebody else's zone.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Line, open, post, Visitor } from '../support/live.ts';
import { serve } from '../support/worker.ts';

const MOUNT = '/chat';
const worker = serve(undefined, { vars: { MOUNT: `${MOUNT}/` } });

const get = (path: string, headers = {}) => fetch(worker.url + path, { headers });

async function pinned(): Promise<{ script: string; integrity: string }> {
  return (await get('/widget.json')).json();
}

test('the evergreen script is fresh within a minute, the pinned one never changes', async () => {
  const evergreen = await get('/widget.js');
  assert.equal(evergreen.headers.get('cache-control'), 'public, max-age=60');
  const { script, integrity } = await pinned();
  const named = await get(script);
  assert.equal(named.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  for (const answer of [evergreen, named]) {
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.equal(answer.headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.match(answer.headers.get('content-type') ?? '', /^text\/javascript/);
  }
  const [one, other] = [await evergreen.text(), await named.text()];
  assert.equal(one, other);
  assert.equal(`sha384-${createHash('sha384').update(one).digest('base64')}`, integrity);
  // What a browser holds is not sent again.
  const tag = evergreen.headers.get('etag') ?? '';
  assert.equal((await get('/widget.js', { 'if-none-match': tag })).status, 304);
});

test('the chat is a page of its own, which no other page may frame', async () => {
  for (const path of ['/c/demo', `${MOUNT}/c/demo`]) {
    const answer = await get(path);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await answer.text(), /src="\.\.\/widget\/whole-/);
  }
  const policy = (await get('/c/demo')).headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
});

test('everything is there below the mount, too, and nothing below its neighbours', async () => {
  const file = await get(`${MOUNT}/widget.js`);
  assert.equal(file.status, 200);
  assert.equal(await file.text(), await (await get('/widget.js')).text());
  const tag = file.headers.get('etag') ?? '';
  assert.equal((await get(`${MOUNT}/widget.js`, { 'if-none-match': tag })).status, 304);
  assert.equal((await get(`${MOUNT}/healthz`)).status, 200);
  for (const path of ['/chatter/widget.js', `${MOUNT}${MOUNT}/widget.js`, '/chatwidget.js']) {
    assert.equal((await get(path)).status, 404, path);
  }
});

test('T1, T4 a visitor of the zone talks below the mount without any allowed origin', async () => {
  // The zone's own pages have the origin under which the worker is asked.
  const origin = worker.url;
  const { secret } = new Visitor(worker.url);
  const body = { site: 'demo', secret };
  const answer = await post(worker.url, `${MOUNT}/api/visitors`, body, { origin });
  assert.equal(answer.status, 200);
  const { ticket } = await answer.json();
  const socket = await open(`${worker.url}${MOUNT}/ws/conversation`, ticket.token, origin);
  const line = new Line(socket);
  line.sendRaw(JSON.stringify({ t: 'hello', after: 0 }));
  await line.get('a welcome', ({ t }) => t === 'welcome');
  await line.end();
  const stranger = { origin: 'https://shop.example' };
  assert.equal((await post(worker.url, '/api/visitors', body, stranger)).status, 403);
});
