// Talking without a socket (docs/protocol.md, B): the same frames, the same log, the same rules.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientFrame } from '../../client/frames.ts';
import { heard, post, SHOP, say, texts, until, Visitor } from '../support/live.ts';
import { Poller } from '../support/poller.ts';
import { serve } from '../support/worker.ts';

const worker = serve();

const send = (client_id: string, text: string): ClientFrame => ({ t: 'send', client_id, text });

test('B1 B2 B3 B4 a conversation goes both ways, beside a socket', async () => {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  await say(tab, 'm1', 'by socket');
  const poller = await Poller.of(visitor);
  await poller.turn({ t: 'hello', after: 0 });
  assert.deepEqual(
    poller.frames.map(({ t }) => t),
    ['welcome', 'batch'],
  );
  assert.deepEqual(texts(poller.events()), ['by socket']);
  const waiting = poller.turn();
  const receipt = await poller.turn(send('m2', 'by request'), send('m3', 'at once'));
  assert.deepEqual(receipt.frames, [], 'what it causes comes the one way');
  await waiting;
  while (poller.acks().length < 2) await poller.turn();
  assert.deepEqual(poller.acks(), [2, 3]);
  await heard(tab, 'at once');
  const more = poller.turn();
  await say(tab, 'm4', 'and back');
  await more;
  await until('the message', async () => {
    if (texts(poller.events()).includes('and back')) return true;
    await poller.turn();
    return false;
  });
});

test('S2 a message sent by socket and again by request is one', async () => {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  const seq = await say(tab, 'm1', 'once');
  const poller = await Poller.of(visitor);
  await poller.turn({ t: 'hello', after: 0 }, send('m1', 'once'), send('m1', 'other'));
  assert.deepEqual(poller.acks(), [seq]);
  assert.equal(poller.frames.at(-1)?.t, 'rejected');
  assert.deepEqual(texts(poller.events()), ['once']);
});

test('B4 of two requests that wait, the first goes home with nothing', async () => {
  const visitor = new Visitor(worker.url);
  const poller = await Poller.of(visitor);
  await poller.turn({ t: 'hello', after: 0 });
  const first = poller.turn();
  const second = await Promise.race([first, poller.turn()]);
  assert.deepEqual([second.frames, second.close], [[], undefined]);
});

test('B5 C1 H1 a session ends as a socket would, and the code says why', async () => {
  const visitor = new Visitor(worker.url);
  const hasty = await Poller.of(visitor);
  await hasty.turn(send('m1', 'no hello'));
  assert.equal(hasty.close?.code, 4402);
  assert.equal((await hasty.ask([])).status, 410, 'and is gone');
  const rude = await Poller.of(visitor);
  await rude.turn({ t: 'hello', after: 0 });
  await rude.turn({ t: 'nonsense' } as unknown as ClientFrame, send('m2', 'behind it'));
  assert.equal(rude.close?.code, 4400);
  const flood = await Poller.of(visitor);
  await flood.turn({ t: 'hello', after: 0 });
  for (let count = 0; !flood.close && count < 50; count += 1) {
    const typing: ClientFrame = { t: 'typing', on: true };
    await flood.turn(...Array.from({ length: 16 }, () => typing));
  }
  assert.equal(flood.close?.code, 4429);
  assert.match(flood.close?.reason ?? '', /^\d+-\d+$/);
  const reader = await Poller.of(visitor);
  await reader.turn({ t: 'hello', after: 0 });
  assert.deepEqual(reader.events(), [], 'nothing of all that was stored');
});

test('B1 B5 B7 what is not a request of this session is refused', async () => {
  const visitor = new Visitor(worker.url);
  const poller = await Poller.of(visitor);
  await poller.turn({ t: 'hello', after: 0 });
  const code = async (answer: Promise<Response>) => {
    const { status, body } = await answer.then(async (got) => ({
      status: got.status,
      body: (await got.json()) as { code: string },
    }));
    return `${status} ${body.code}`;
  };
  assert.equal(await code(poller.ask([], 'https://else.example')), '403 origin_not_allowed');
  assert.equal(await code(poller.ask([], SHOP, 'forged')), '401 token_invalid');
  const many = Array.from({ length: 17 }, () => '{"t":"typing","on":true}');
  assert.equal(await code(poller.ask(many)), '413 too_large');
  assert.equal(await code(poller.ask(['x'.repeat(97 * 1024)])), '413 too_large');
  const stranger = await Poller.of(new Visitor(worker.url));
  stranger.session = poller.session;
  assert.equal(await code(stranger.ask([])), '410 session_lost');
  const bare = post(worker.url, '/api/poll', { frames: [] }, { origin: SHOP });
  assert.equal(await code(bare), '401 token_invalid');
});

test('B1 a page of another origin may ask by the rules of CORS', async () => {
  const asked = await fetch(`${worker.url}/api/poll`, {
    method: 'OPTIONS',
    headers: { origin: SHOP },
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get('access-control-allow-origin'), SHOP);
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /authorization/);
});
