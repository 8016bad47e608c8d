// Attachments: what is taken, from whom, and who gets it back (docs/protocol.md, F).

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import type { FileRef, FileRules } from '../../client/frames.ts';
import {
  Agent,
  events,
  post,
  readAll,
  SHOP,
  say,
  type Talk,
  until,
  Visitor,
} from '../support/live.ts';
import { PDF, png, SVG, telling } from '../support/pictures.ts';
import { serve } from '../support/worker.ts';

const MIB = 1024 * 1024;
let agent: Agent;
let owner: Agent;
const worker = serve(async () => {
  agent = await Agent.signIn(worker.url);
  owner = await Agent.signIn(worker.url, 'owner@example.com');
});

type Body = string | Uint8Array;

function put(token: string, id: string, body: Body, origin = SHOP): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, origin };
  return fetch(`${worker.url}/api/files/${id}`, {
    method: 'POST',
    headers,
    body: body as BodyInit,
  });
}

function get(token: string, id: string, origin = SHOP): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, origin };
  return fetch(`${worker.url}/api/files/${id}`, { headers });
}

/** A visitor, and the token of their conversation. */
async function somebody(): Promise<{ visitor: Visitor; token: string; files?: FileRules }> {
  const visitor = new Visitor(worker.url);
  const { ticket, files } = await visitor.ticket();
  return { visitor, token: ticket.token, ...(files && { files }) };
}

async function refused(answer: Promise<Response>, status: number, code: string): Promise<void> {
  const { status: got, ...rest } = {
    status: (await answer).status,
    ...(await (await answer).json()),
  };
  assert.deepEqual([got, rest.code], [status, code], rest.message);
}

async function setRules(rules: FileRules): Promise<FileRules> {
  const answer = await post(worker.url, '/api/files', rules, { cookie: owner.cookie });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

/** The token with a signature of which one character is another: whatever it was before. */
function forged(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}

/** The visitor has written and the agent answers: a line of each. */
async function served(visitor: Visitor): Promise<{ tab: Talk; line: Talk; stop: () => void }> {
  const desk = await agent.desk(true);
  const tab = await visitor.tab();
  await say(tab, 'm0', 'hello');
  await tab.get('the agent', (frame) => frame.t === 'status' && frame.status.is === 'assigned');
  return { tab, line: await agent.join(visitor.conversation), stop: () => desk.cut() };
}

test('F1 F2 F5 F7 a picture goes from a visitor to the agent, and only there', async () => {
  const { visitor, token, files } = await somebody();
  assert.deepEqual(files?.kinds, ['image', 'pdf', 'document', 'text']);
  const { tab, line, stop } = await served(visitor);
  const picture = png(40, 30);
  const answer = await put(token, 'f1', picture);
  assert.equal(answer.status, 201, await answer.clone().text());
  const file: FileRef = await answer.json();
  const { id, ...rest } = file;
  assert.deepEqual(rest, { kind: 'image', bytes: picture.length, width: 40, height: 30 });
  tab.send({ t: 'attach', client_id: 'f1', text: 'lamp.png' });
  await tab.get('the ack', (frame) => frame.t === 'ack' && frame.client_id === 'f1');
  await until('the event', () => events(line).some(({ body }) => body.kind === 'file'));
  const body = events(line).at(-1)?.body;
  assert.deepEqual(body, { kind: 'file', client_id: 'f1', text: 'lamp.png', file });
  assert.deepEqual((await readAll(await visitor.line())).at(-1)?.body, body);

  const ticket = { for: 'conversation', conversation: visitor.conversation };
  const fetched = await get(await agent.ticket(ticket), id, worker.url);
  assert.equal(fetched.status, 200);
  assert.deepEqual(Buffer.from(await fetched.arrayBuffer()), picture);
  const head = (name: string) => fetched.headers.get(name);
  assert.equal(head('content-type'), 'application/octet-stream');
  assert.equal(head('content-disposition'), 'attachment');
  assert.equal(head('content-security-policy'), "default-src 'none'; sandbox");
  assert.equal(head('x-content-type-options'), 'nosniff');
  assert.equal(head('cache-control'), 'no-store');
  assert.equal((await get(token, id)).status, 200);

  await refused(get((await somebody()).token, id), 404, 'not_found');
  await refused(get(forged(token), id), 401, 'token_invalid');
  await refused(get(token, id, 'https://evil.example'), 403, 'origin_not_allowed');
  await refused(fetch(`${worker.url}/api/files/${id}`), 401, 'token_invalid');
  await refused(get(await agent.ticket({ for: 'desk' }), id, worker.url), 401, 'token_invalid');
  await refused(put(forged(token), 'f2', picture), 401, 'token_invalid');
  stop();
});

test('F4 an agent sends files only to whom they answer', async () => {
  const { visitor } = await somebody();
  const ticket = () => agent.ticket({ for: 'conversation', conversation: visitor.conversation });
  await refused(put(await ticket(), 'f1', PDF, worker.url), 403, 'forbidden');
  const { line, stop } = await served(visitor);
  const file: FileRef = await (await put(await ticket(), 'f1', PDF, worker.url)).json();
  assert.deepEqual([file.kind, file.width], ['pdf', undefined]);
  line.send({ t: 'attach', client_id: 'f1', text: 'offer.pdf' });
  await line.get('the ack', (frame) => frame.t === 'ack' && frame.client_id === 'f1');
  stop();
});

test('F2 F3 what a site does not take leaves nothing behind', async () => {
  const { token } = await somebody();
  await refused(put(token, 'svg', SVG), 415, 'type_not_allowed');
  await refused(put(token, 'html', ' \n<html><script>1</script>'), 415, 'type_not_allowed');
  await refused(put(token, 'exe', 'MZ\x90\0\x03\0\0\0 a program'), 415, 'type_not_allowed');
  const late = `${'text '.repeat(50_000)}\0`;
  await refused(put(token, 'late', late), 415, 'type_not_allowed');
  await refused(put(token, 'half', png(40, 30).subarray(0, 60)), 415, 'type_not_allowed');
  await refused(put(token, 'place', telling()), 422, 'has_metadata');
  await refused(put(token, 'bomb', png(1, 1).fill(0x7f, 16, 24)), 413, 'too_large');
  await refused(put(token, 'large', Buffer.alloc(10 * MIB + 1, 'x')), 413, 'too_large');
  await refused(put(token, 'nothing', ''), 400, 'bad_request');
  await refused(put(token, 'no id!', 'text'), 400, 'bad_request');
  const most = await put(token, 'most', Buffer.alloc(10 * MIB, 'x'));
  assert.equal(most.status, 201, await most.text());
  // Once what was refused is dropped, its id is as good as new.
  await until('the id', async () => (await put(token, 'place', png(4, 3))).status === 201);
});

test('F4 a file that came before is not changed, by whichever tab', async () => {
  const { token } = await somebody();
  const both = await Promise.all([put(token, 'f1', png(4, 3)), put(token, 'f1', png(4, 3))]);
  const [one, two] = await Promise.all(both.map((answer) => answer.json() as Promise<FileRef>));
  assert.deepEqual(one, two);
  const again = await put(token, 'f1', PDF);
  assert.deepEqual([again.status, await again.json()], [200, one]);
  const kept = await get(token, one?.id ?? '');
  assert.deepEqual(Buffer.from(await kept.arrayBuffer()), png(4, 3));
});

test('F4 a conversation has only so many files', async () => {
  const { token } = await somebody();
  for (let number = 1; number <= 50; number += 1) {
    assert.equal((await put(token, `f${number}`, 'text')).status, 201, `${number}`);
  }
  await refused(put(token, 'f51', 'text'), 409, 'files_full');
  assert.equal((await put(token, 'f50', 'text')).status, 200, 'it is there');
});

test('F1 F2 the owner says what is taken; what a browser could run stays a download', async () => {
  const before: FileRules = await (
    await fetch(`${worker.url}/api/files`, { headers: { cookie: agent.cookie } })
  ).json();
  const denied = post(worker.url, '/api/files', before, { cookie: agent.cookie });
  await refused(denied, 403, 'forbidden');
  await setRules({ on: true, max_mib: 1, kinds: ['other'] });
  const { token, files } = await somebody();
  assert.deepEqual(files, { on: true, max_mib: 1, kinds: ['other'] });
  await refused(put(token, 'f1', png(4, 3)), 415, 'type_not_allowed');
  await refused(put(token, 'f2', Buffer.alloc(MIB + 1)), 413, 'too_large');
  const { id }: FileRef = await (await put(token, 'f3', SVG)).json();
  const fetched = await get(token, id);
  assert.equal(fetched.headers.get('content-type'), 'application/octet-stream');
  assert.equal(fetched.headers.get('content-disposition'), 'attachment');
  assert.equal(await fetched.text(), SVG);
  await setRules({ ...before, on: false });
  assert.equal((await somebody()).files, undefined);
  await refused(put(token, 'f4', SVG), 403, 'forbidden');
  await setRules(before);
});

test('F8 a small version goes along with a picture, to whoever gets the picture', async () => {
  const { visitor, token } = await somebody();
  await refused(put(token, 'f1/small', png(40, 30)), 404, 'not_found');
  const file: FileRef = await (await put(token, 'f1', png(800, 600))).json();
  await refused(put(token, 'f1/small', png(481, 30)), 413, 'too_large');
  await refused(put(token, 'f1/small', Buffer.alloc(128 * 1024 + 1)), 413, 'too_large');
  await refused(put(token, 'f1/small', telling()), 422, 'has_metadata');
  await refused(put(token, 'f1/small', PDF), 415, 'type_not_allowed');
  await refused(get(token, `${file.id}/small`), 404, 'not_found');
  const small = png(40, 30);
  const answer = await put(token, 'f1/small', small);
  assert.deepEqual([answer.status, await answer.json()], [201, { ...file, small: true }]);
  const again = await put(token, 'f1/small', png(20, 15));
  assert.deepEqual([again.status, await again.json()], [200, { ...file, small: true }]);

  const tab = await visitor.tab();
  tab.send({ t: 'attach', client_id: 'f1', text: 'lamp.png' });
  await tab.get('the ack', (frame) => frame.t === 'ack');
  const body = (await readAll(await visitor.line())).at(-1)?.body;
  assert.ok(body?.kind === 'file' && body.file.small);
  const fetched = await get(token, `${file.id}/small`);
  assert.deepEqual(Buffer.from(await fetched.arrayBuffer()), small);
  assert.equal(fetched.headers.get('content-disposition'), 'attachment');
  await refused(get((await somebody()).token, `${file.id}/small`), 404, 'not_found');
  await refused(put(token, 'f1/small', small), 404, 'not_found');
});

test('F4 an agent who was asked to help sends files, too, and nobody else does', async () => {
  const { visitor } = await somebody();
  const { line, stop } = await served(visitor);
  const helper = await owner.hire('helper@example.com');
  const desk = await helper.desk(true);
  const ticket = { for: 'conversation', conversation: visitor.conversation } as const;
  const token = await helper.ticket(ticket);
  const send = () => put(token, 'h1', png(4, 3), worker.url);
  await refused(send(), 403, 'forbidden');
  const asking = await agent.desk();
  asking.send({ t: 'invite', conversation: visitor.conversation, to: helper.me.agent.id });
  await until('the helper', () => events(line).some(({ body }) => body.kind === 'joined'));
  const answer = await send();
  assert.equal(answer.status, 201, await answer.clone().text());
  const hand = await helper.join(visitor.conversation);
  hand.send({ t: 'attach', client_id: 'h1', text: 'lamp.png' });
  await until('the file', () => events(line).some(({ body }) => body.kind === 'file'));
  for (const open of [desk, asking]) open.cut();
  stop();
});

test('F1 what was cut off, by a network or a power cut, comes again', async () => {
  const { token } = await somebody();
  const picture = png(40, 30);
  const half = async () => {
    const { hostname, port } = new URL(worker.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    const head = [
      'POST /api/files/f1 HTTP/1.1',
      `Host: ${hostname}:${port}`,
      `Origin: ${SHOP}`,
      `Authorization: Bearer ${token}`,
      `Content-Length: ${picture.length}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await new Promise((sent) => socket.write(picture.subarray(0, 50), sent));
    return socket;
  };
  (await half()).destroy();
  const open = await half();
  await worker.kill();
  open.destroy();
  await worker.start();
  const whole = await put(token, 'f1', picture);
  assert.equal(whole.status, 201, await whole.clone().text());
  const { id }: FileRef = await whole.json();
  assert.deepEqual(Buffer.from(await (await get(token, id)).arrayBuffer()), picture);
});

describe('without a bucket', () => {
  const bare = serve(undefined, { files: false });

  test('F1 no files are offered or taken, and the rest goes on', async () => {
    const visitor = new Visitor(bare.url);
    const { ticket, files } = await visitor.ticket();
    assert.equal(files, undefined);
    const headers = { authorization: `Bearer ${ticket.token}`, origin: SHOP };
    const put = fetch(`${bare.url}/api/files/f1`, { method: 'POST', headers, body: 'text' });
    await refused(put, 503, 'not_configured');
    await refused(fetch(`${bare.url}/api/files/f1`, { headers }), 503, 'not_configured');
    const { cookie } = await Agent.signIn(bare.url);
    const rules = await fetch(`${bare.url}/api/files`, { headers: { cookie } });
    assert.equal(await rules.json(), null);
    await say(await visitor.tab(), 'm1', 'hello');
  });
});
