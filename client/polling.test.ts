import assert from 'node:assert/strict';
import { after, beforeEach, mock, test } from 'node:test';
import type { Wire } from './connection.ts';
import type { Poll, PollAnswer } from './frames.ts';
import { Polling } from './polling.ts';

/** A request of the client, answered by the test. */
type Asked = {
  url: string;
  token: string;
  body: Poll;
  answer: (answer: Partial<PollAnswer>) => Promise<void>;
  fail: (status?: number) => Promise<void>;
  aborted: () => boolean;
};

const asked: Asked[] = [];
const original = globalThis.fetch;
globalThis.fetch = (async (url: URL, init: RequestInit) => {
  let resolve: (response: Response) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const answered = new Promise<Response>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const headers = new Headers(init.headers);
  asked.push({
    url: String(url),
    token: headers.get('authorization') ?? '',
    body: JSON.parse(String(init.body)),
    answer: async (part) => {
      resolve(Response.json({ session: 's1', frames: [], ...part }));
      await settle();
    },
    fail: async (status) => {
      if (status) resolve(Response.json({ code: 'session_lost', message: '' }, { status }));
      else reject(new TypeError('network'));
      await settle();
    },
    aborted: () => init.signal?.aborted === true,
  });
  return answered;
}) as typeof fetch;
mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
after(() => {
  globalThis.fetch = original;
  mock.timers.reset();
});
beforeEach(() => {
  asked.length = 0;
});

/** Lets every promise settle; reading a body takes turns of the loop. */
async function settle(): Promise<void> {
  for (let i = 0; i < 8; i += 1) await new Promise(setImmediate);
}

async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  await settle();
}

class ProbeSocket {
  readyState = 1;
  onopen: Wire['onopen'] = null;
  onmessage: Wire['onmessage'] = null;
  onclose: Wire['onclose'] = null;
  readonly sent: string[] = [];
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
}

async function make() {
  const frames: unknown[] = [];
  const closes: unknown[] = [];
  const probes: ProbeSocket[] = [];
  let tickets = 1;
  let freed = 0;
  const polling = new Polling({
    url: 'wss://chat.example/ws/conversation',
    first: { token: 't1', expires_in_ms: 60_000 },
    ticket: async () => {
      tickets += 1;
      return { token: `t${tickets}`, expires_in_ms: 60_000 };
    },
    dial: () => {
      const probe = new ProbeSocket();
      probes.push(probe);
      return probe;
    },
    free: () => {
      freed += 1;
    },
  });
  polling.onopen = () => polling.send('hello');
  polling.onmessage = ({ data }) => frames.push(data);
  polling.onclose = (close) => closes.push(close);
  await pass(1);
  return { polling, frames, closes, probes, freed: () => freed };
}

/** The same, with its first request answered: one request waits. */
async function makeLive() {
  const made = await make();
  await asked[0]?.answer({ frames: ['welcome', 'batch'] });
  return made;
}

const bodies = () => asked.map(({ body }) => body);
const lost = [{ code: 1006, reason: '' }];

test('B2 B4 the first request opens a session, then one waits for frames', async () => {
  const { polling, frames } = await makeLive();
  assert.equal(asked[0]?.url, 'https://chat.example/api/poll');
  assert.equal(asked[0]?.token, 'Bearer t1');
  assert.deepEqual(bodies(), [{ frames: ['hello'] }, { session: 's1', frames: [] }]);
  assert.deepEqual(frames, ['welcome', 'batch']);
  await asked[1]?.answer({ frames: ['event'] });
  assert.deepEqual(frames.slice(2), ['pong', 'event']);
  assert.deepEqual(bodies().slice(2), [{ session: 's1', frames: [] }]);
  polling.close();
});

test('B3 requests with frames go one after the other, in order', async () => {
  const { polling } = await makeLive();
  polling.send('one');
  polling.send('two');
  await settle();
  polling.send('three');
  await settle();
  assert.deepEqual(bodies().slice(2), [{ session: 's1', frames: ['one', 'two'] }]);
  await asked[2]?.answer({});
  assert.deepEqual(bodies().slice(3), [{ session: 's1', frames: ['three'] }]);
  polling.close();
});

test('B7 a request holds at most 16 frames and 48 KiB, but always one frame', async () => {
  const { polling } = await makeLive();
  const send = async (texts: string[]) => {
    const before = asked.length;
    for (const text of texts) polling.send(text);
    await settle();
    for (let at = before; at < asked.length; at += 1) await asked[at]?.answer({});
    return bodies().slice(before);
  };
  const counts = (list: Poll[]) => list.map(({ frames }) => frames.length);
  assert.deepEqual(counts(await send(Array<string>(17).fill('x'))), [16, 1]);
  // A quote takes two bytes in JSON: these are the bound, and one past it.
  const half = '"'.repeat(12 * 1024);
  assert.deepEqual(counts(await send([half.slice(4), half])), [2]);
  assert.deepEqual(counts(await send([half, half])), [1, 1]);
  assert.deepEqual(counts(await send(['x'.repeat(50 * 1024), 'y'])), [1, 1]);
  polling.close();
});

test('B6 any request that fails closes it, and whatever else is on its way', async () => {
  for (const status of [undefined, 401, 410, 500]) {
    asked.length = 0;
    const { polling, closes } = await makeLive();
    polling.send('one');
    await settle();
    await asked[2]?.fail(status);
    assert.deepEqual(closes, lost, `sending, ${status}`);
    assert.equal(asked[1]?.aborted(), true);
    assert.equal(polling.readyState, 3);

    asked.length = 0;
    const waiting = await makeLive();
    await asked[1]?.fail(status);
    assert.deepEqual(waiting.closes, lost, `waiting, ${status}`);

    asked.length = 0;
    const opening = await make();
    await asked[0]?.fail(status);
    assert.deepEqual(opening.closes, lost, `opening, ${status}`);
  }
});

test('B5 C1 a close in an answer closes the socket behind its frames', async () => {
  const { frames, closes } = await makeLive();
  const close = { code: 4429, reason: '4000-6000' };
  await asked[1]?.answer({ frames: ['event'], close });
  assert.deepEqual(frames.at(-1), 'event');
  assert.deepEqual(closes, [close]);
  await pass(60_000);
  assert.equal(asked.length, 2);
});

test('B4 T6 a ping starts another request that waits; answers count in their order', async () => {
  const { polling, frames } = await makeLive();
  polling.send('ping');
  await settle();
  assert.deepEqual(bodies().slice(1), Array(2).fill({ session: 's1', frames: [] }));
  await asked[2]?.answer({ frames: ['later'] });
  assert.deepEqual(frames.slice(2), []);
  await asked[1]?.answer({ frames: ['sooner'] });
  assert.deepEqual(frames.slice(2), ['pong', 'sooner', 'pong', 'later']);
  assert.equal(asked.length, 4);
  polling.close();
});

test('B4 an answer without frames is followed by another request, not in a rush', async () => {
  const { polling } = await makeLive();
  await asked[1]?.answer({});
  assert.equal(asked.length, 2);
  await pass(500);
  assert.equal(asked.length, 3);
  polling.close();
});

test('T5 a new ticket is asked for well before the old one expires, once', async () => {
  const { polling } = await makeLive();
  await pass(29_000);
  polling.send('one');
  await settle();
  await asked[2]?.answer({});
  await pass(2_000);
  polling.send('ping');
  polling.send('two');
  await settle();
  const tokens = asked.slice(2).map(({ token }) => token);
  assert.deepEqual(tokens, ['Bearer t1', 'Bearer t2', 'Bearer t2']);
  polling.close();
});

test('closed is closed: no request and no word after it', async () => {
  const { polling, frames, closes } = await makeLive();
  polling.close();
  polling.send('one');
  polling.send('ping');
  await asked[1]?.answer({ frames: ['event'] });
  await pass(600_000);
  assert.equal(asked.length, 2);
  assert.deepEqual(frames, ['welcome', 'batch']);
  assert.deepEqual(closes, []);
});

test('D9 every ten minutes a WebSocket is tried beside it', async () => {
  const { polling, probes, freed } = await makeLive();
  await pass(599_000);
  assert.equal(probes.length, 0);
  await pass(1_500);
  probes[0]?.onopen?.();
  assert.deepEqual(probes[0]?.sent, ['ping']);
  await pass(15_000);
  assert.equal(probes[0]?.readyState, 3);
  assert.equal(freed(), 0);
  await pass(585_000);
  probes[1]?.onmessage?.({ data: 'pong' });
  assert.equal(freed(), 1);
  polling.close();
});
