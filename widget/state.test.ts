import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationState } from '../client/conversation.ts';
import type { Author, Event, Lobby, Status } from '../client/frames.ts';
import { emptyThread, type Pending } from '../client/thread.ts';
import { around } from './seldom.ts';
import { hint, presence, situation, trouble } from './situation.ts';
import * as ui from './state.ts';
import { en } from './words.ts';

const ana: Author = { role: 'agent', id: 'a1', name: 'Ana' };
const visitor: Author = { role: 'visitor' };

const message = (seq: number, author: Author): Event => ({
  seq,
  at: 0,
  author,
  body: { kind: 'message', client_id: `c${seq}`, text: `text ${seq}` },
  chain: seq,
});
const pending = (client_id: string, more: Partial<Pending> = {}): Pending => ({
  client_id,
  text: 'text',
  at: 0,
  failed: null,
  state: 'sending',
  ...more,
});

function stateOf(chat: Partial<ConversationState>, more: Partial<ui.State> = {}): ui.State {
  return {
    ...ui.begin('en', en),
    open: true,
    chat: { ...emptyThread, connection: { is: 'live' }, durable: true, ...chat },
    ...more,
  };
}

const progress = (state: ui.State) =>
  ui.itemsOf(state, 0).map((item) => (item.is === 'message' ? item.progress : item.text));

test('V09 an own message goes from sending to sent to seen; an agent has no progress', () => {
  const events = [message(1, visitor), message(2, ana), message(3, visitor)];
  const state = stateOf({ events, seen: { visitor: 0, agent: 2 }, pending: [pending('p')] });
  assert.deepEqual(progress(state), ['Seen', '', 'Sent', 'Sending…']);
});

test('V12 what waits without connection is queued; a refusal says why', () => {
  const chat = {
    pending: [
      pending('a', { state: 'queued' }),
      pending('b', { state: 'sent' }),
      pending('c', { state: 'failed', failed: 'text_too_long' }),
      pending('d', { state: 'failed', failed: 'id_reused' }),
    ],
  };
  const shown = progress(stateOf(chat, { late: true }));
  assert.deepEqual(shown, ['Queued', 'Sent', 'Too long, not sent', 'Not sent']);
  assert.equal(progress(stateOf(chat))[0], 'Sending…');
});

test('a message keeps its key when it is acknowledged', () => {
  const before = ui.itemsOf(stateOf({ pending: [pending('c1')] }), 0);
  const after = ui.itemsOf(stateOf({ events: [message(1, visitor)] }), 0);
  assert.equal(before[0]?.key, after[0]?.key);
});

test('V13 unread are the messages of agents above the read mark', () => {
  const events = [message(1, ana), message(2, visitor), message(3, ana)];
  assert.equal(ui.unread(stateOf({ events })), 2);
  assert.equal(ui.unread(stateOf({ events, seen: { visitor: 1, agent: 0 } })), 1);
  assert.equal(ui.unread(stateOf({ events, seen: { visitor: 3, agent: 0 } })), 0);
});

test('V05 there is something to come back for while it is open, unsent or unread', () => {
  const closed: Status = { is: 'closed' };
  const seen = { visitor: 1, agent: 0 };
  const cases: [Partial<ConversationState>, boolean][] = [
    [{}, false],
    [{ pending: [pending('p')] }, true],
    [{ status: closed }, false],
    [{ status: { is: 'waiting', place: null } }, true],
    [{ status: closed, pending: [pending('p')] }, true],
    [{ status: closed, events: [message(1, ana)] }, true],
    [{ status: closed, events: [message(1, ana)], seen }, false],
  ];
  for (const [chat, expected] of cases) assert.equal(ui.running(stateOf(chat)), expected);
});

test('D5 the situation names the place, or that nobody is there', () => {
  const waiting = (place: Extract<Status, { is: 'waiting' }>['place']) =>
    situation(stateOf({ status: { is: 'waiting', place } }));
  assert.equal(waiting(null), around.waiting);
  assert.equal(waiting({ position: 3, staffed: true }), 'You are number 3 in the queue');
  assert.equal(waiting({ position: 3, staffed: false }), around.nobody);
  const place = { position: 3, staffed: true };
  assert.equal(waiting({ ...place, wait_s: 61 }), 'You are number 3 in the queue, about 2 minutes');
  assert.equal(waiting({ ...place, wait_s: 60 }), 'You are number 3 in the queue, about 1 minute');
  assert.equal(waiting({ ...place, position: 0 }), around.waiting, 'the queue is full');
  assert.equal(situation(stateOf({ status: { is: 'closed' } })), '');
});

test('V07 closed hours are told with day and time of opening, by the visitor’s clock', () => {
  // A Monday, by the clock of this machine.
  const opens = new Date(2026, 4, 4, 9, 0).getTime();
  const status = { is: 'waiting', place: { position: 0, staffed: false, opens } } as const;
  const said = situation(stateOf({ status }));
  assert.match(said, /closed now and open again: Monday,? (at )?9:00\sAM\./);
  assert.match(situation(stateOf({ status }, { locale: 'de' })), /Montag.* 09:00|Montag.* 9:00/);
});

const EMPTY: Lobby = { online: false, team: [], pictures: { faces: {} } };

test('V07 the header says whether somebody is there, or when it opens', () => {
  const said = (lobby: Partial<Lobby>) =>
    presence({ ...stateOf({}), lobby: { ...EMPTY, ...lobby } });
  assert.equal(said({ online: true }), 'We are online');
  assert.equal(said({ online: false }), 'Away right now');
  const opens = new Date(2026, 4, 4, 9, 0).getTime();
  assert.match(said({ online: false, opens }), /^Back: Monday,? (at )?9:00\sAM$/);
});

test('V07 how long an answer takes is told in round words, or not at all', () => {
  const said = (reply_s?: number, online = true) =>
    hint({
      ...stateOf({}),
      lobby: { ...EMPTY, online, ...(reply_s !== undefined && { reply_s }) },
    });
  assert.equal(said(0), around.minutes);
  assert.equal(said(600), around.minutes);
  assert.equal(said(601), around.hour);
  assert.equal(said(3_601), around.day);
  assert.equal(said(86_401), '');
  assert.equal(said(), '');
  assert.equal(said(5, false), '', 'nobody is there to do so');
});

test('V08 a form comes before the first message, and before nothing else', () => {
  const form = { name: 'before', form: { fields: [], consent: { text: '', others: {} } } } as const;
  const asked = (chat: Partial<ConversationState>, more: Partial<ui.State> = {}) =>
    ui.isAsked({ ...stateOf(chat), lobby: { ...EMPTY, online: true, form }, ...more } as ui.State);
  const fresh = { live: true, lastSeq: 0 };
  assert.equal(asked(fresh), true);
  assert.equal(asked({ ...fresh, live: false }), false, 'what was written is not known yet');
  assert.equal(asked({ ...fresh, lastSeq: 1 }), false);
  assert.equal(asked({ ...fresh, pending: [pending('p')] }), false);
  assert.equal(asked(fresh, { length: 3 }), false, 'nothing typed is thrown away');
  assert.equal(asked(fresh, { lobby: { ...EMPTY, online: true } }), false);
});

test('times are written by hand, as they are in the language', () => {
  const at = (hour: number, minute: number) => new Date(2026, 4, 4, hour, minute).getTime();
  const said = (hour: number, minute: number) => ui.timeOf(at(hour, minute), 'en');
  assert.deepEqual(
    [said(0, 5), said(9, 30), said(12, 0), said(23, 59)],
    ['12:05 AM', '9:30 AM', '12:00 PM', '11:59 PM'],
  );
  assert.deepEqual([ui.timeOf(at(9, 5), 'de'), ui.timeOf(at(14, 0), 'ja')], ['09:05', '14:00']);
});

test('V12 V29 trouble is told late, and says what becomes of what was written', () => {
  const offline = { connection: { is: 'offline' } } as const;
  assert.equal(trouble(stateOf(offline)), '');
  assert.equal(trouble(stateOf(offline, { late: true })), around.offline);
  const written = stateOf({ ...offline, pending: [pending('p')] }, { late: true });
  assert.match(trouble(written), /Will be sent when you are back online/);
  const inMemory = { ...offline, pending: [pending('p')], durable: false };
  assert.equal(trouble(stateOf(inMemory, { late: true })), `${around.offline} ${around.stay}`);
  const stopped = (code: number | 'origin_not_allowed') =>
    trouble(stateOf({ connection: { is: 'stopped', code } }));
  assert.equal(stopped(4409), around.stopped);
  assert.equal(stopped('origin_not_allowed'), around.unavailable);
});

test('writing on takes the refusal away', () => {
  const refused = ui.reduce(stateOf({}), { refusal: 'outbox_full', length: 3 });
  assert.equal(refused.refusal, 'outbox_full');
  assert.equal(ui.reduce(refused, { open: false }).refusal, 'outbox_full');
  assert.equal(ui.reduce(refused, { length: 4 }).refusal, null);
});

test('days are told apart, as soon as there is another one than today', () => {
  const noon = new Date(2026, 4, 6, 12, 30).getTime();
  const on = (seq: number, month: number, day: number): Event => ({
    ...message(seq, ana),
    at: new Date(2026, month, day, 12, 30).getTime(),
  });
  const linesOf = (...events: Event[]) =>
    ui.itemsOf(stateOf({ events }), noon).flatMap((item) => (item.is === 'line' ? item.text : []));
  assert.deepEqual(linesOf(on(1, 4, 6), on(2, 4, 6)), []);
  assert.deepEqual(linesOf(on(1, 3, 30), on(2, 4, 5), on(3, 4, 5), on(4, 4, 6)), [
    'Thursday, April 30',
    'yesterday',
    'today',
  ]);
  // A day of 23 hours lies between.
  const spring = new Date(2026, 2, 30, 0, 30).getTime();
  assert.equal(
    ui.dateOf(new Date(2026, 2, 28, 23, 30).getTime(), spring, 'en'),
    'Saturday, March 28',
  );
});

test('control characters and halves of an emoji are not sent, whole ones are', () => {
  assert.equal(ui.meant(' a\u0000\ud83d b\n\tc \u{1f642}\ude42 '), 'a b\n\tc \u{1f642}');
});
