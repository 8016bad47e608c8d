// The oracle itself: a sound history has no violation, and each kind of damage is seen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../client/frames.ts';
import { Ledger } from '../chaos/oracle.ts';

const visitor = { role: 'visitor' } as const;
const message = (seq: number, client_id: string, text = client_id): Event => {
  const body = { kind: 'message', client_id, text } as const;
  return { seq, at: seq, chain: seq, author: visitor, body };
};
const ack = (seq: number, client_id: string) => ({
  seq,
  at: seq,
  chain: seq,
  client_id,
  text: client_id,
});

/** Ann has sent a to d: a and b are acknowledged, c is refused, d is unknown. Ben looks on. */
function history() {
  const ledger = new Ledger('history');
  const ann = ledger.sender('ann');
  for (const id of ['a', 'b', 'c', 'd']) ann.sent(id, id);
  const own = ledger.view('ann', 0);
  const seen = ledger.view('ben', 0);
  for (const [seq, id] of [
    [1, 'a'],
    [2, 'b'],
  ] as const) {
    ann.acknowledged(id, seq);
    own.acknowledged(ack(seq, id), visitor);
    seen.show(message(seq, id));
  }
  ann.refused('c');
  return { ledger, ann, own, seen };
}

type History = ReturnType<typeof history>;

/** The kinds of violation that a history with this damage has. */
function kinds(log: Event[], damage: (history: History) => void = () => {}): string[] {
  const all = history();
  damage(all);
  all.ledger.judge(log);
  return [...new Set(all.ledger.violations.map(({ is }) => is))].sort();
}

const [a, b, d] = [message(1, 'a'), message(2, 'b'), message(3, 'd')];

test('a sound history passes, with what is unknown stored or not, and repeats acknowledged', () => {
  assert.deepEqual(kinds([a, b]), []);
  assert.deepEqual(kinds([a, b, d]), []);
  const again = ({ ann, own }: History) => {
    ann.acknowledged('a', 1);
    own.acknowledged(ack(1, 'a'), visitor);
  };
  assert.deepEqual(kinds([a, b, d], again), []);
  assert.equal(history().ledger.acked, 2, 'a repeat counts once');
});

test('each kind of damage is seen', () => {
  assert.deepEqual(kinds([a]), ['lost']);
  assert.deepEqual(kinds([a, b, message(3, 'a')]), ['doubled']);
  assert.deepEqual(kinds([a, b, message(4, 'd')]), ['gaps']);
  assert.deepEqual(kinds([a, b, message(3, 'c')]), ['foreign']);
  assert.deepEqual(kinds([a, b, message(3, 'e')]), ['foreign']);
  assert.deepEqual(kinds([a, b, message(3, 'd', 'other words')]), ['foreign']);
  assert.deepEqual(kinds([message(1, 'b'), message(2, 'a')]), ['diverged', 'reordered']);
  assert.deepEqual(kinds([a, { ...b, at: 9 }]), ['diverged'], 'another moment');
  assert.deepEqual(kinds([a, { ...b, chain: 9 }]), ['diverged'], 'another history');
});

test('the order of what has no ack counts, too', () => {
  const late = ({ ann }: History) => {
    ann.sent('e', 'e');
    ann.sent('f', 'f');
  };
  assert.deepEqual(kinds([a, b, message(3, 'f'), message(4, 'e')], late), ['reordered']);
});

test('what a reader is shown is dense, once, and the same for all', () => {
  assert.deepEqual(
    kinds([a, b, d], ({ seen }) => seen.show(b)),
    ['diverged'],
  );
  const skips = ({ seen }: History) => seen.show(message(4, 'd'));
  assert.deepEqual(kinds([a, b], skips), ['gaps', 'lost']);
  const unlike = ({ seen }: History) => seen.show(message(3, 'd', 'other words'));
  assert.deepEqual(kinds([a, b, d], unlike), ['diverged']);
  const early = ({ own }: History) => own.acknowledged(ack(4, 'd'), visitor);
  assert.deepEqual(kinds([a, b, d, message(4, 'x')], early), ['diverged', 'foreign', 'gaps']);
});

test('an ack that moves, or comes for nothing, is seen', () => {
  assert.deepEqual(
    kinds([a, b], ({ ann }) => ann.acknowledged('b', 5)),
    ['reordered'],
  );
  assert.deepEqual(
    kinds([a, b], ({ ann }) => ann.acknowledged('z', 5)),
    ['foreign'],
  );
  const late = ({ ann }: History) => ann.acknowledged('c', 2);
  assert.deepEqual(kinds([a, b], late), ['foreign', 'lost'], 'after its refusal');
  assert.deepEqual(
    kinds([a, b], ({ ann }) => ann.refused('a')),
    ['foreign', 'lost'],
  );
});
