// `npm run bench:cost`: the tables of docs/cost.md, from what bench/rows.json has measured and the
// prices below; `-- --write-docs` writes them there. A test holds the document to them.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renew } from './document.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const rows = JSON.parse(readFileSync(at('bench/rows.json'), 'utf8'));
const DOCUMENT = at('docs/cost.md');

/** What a plan includes a month, and US dollars for one of what goes beyond. */
const PAID = {
  base: 5,
  workerRequests: { included: 10e6, price: 0.3 / 1e6 },
  objectRequests: { included: 1e6, price: 0.15 / 1e6 },
  duration: { included: 400e3, price: 12.5 / 1e6 },
  rowsRead: { included: 25e9, price: 0.001 / 1e6 },
  rowsWritten: { included: 50e6, price: 1 / 1e6 },
  storage: { included: 5, price: 0.2 },
};
/** What the plan without a price allows in a day; it bears no more. */
const FREE = {
  workerRequests: 100e3,
  objectRequests: 100e3,
  duration: 13e3,
  rowsRead: 5e6,
  rowsWritten: 100e3,
};
/** … and stores, in GB, in all objects together. */
const FREE_STORAGE = 5;
/** So many frames are billed as one request. */
const FRAMES_A_REQUEST = 20;
const OBJECT_GB = 0.128;
const DAYS = 30;

/** The conversation that is assumed. */
const CHAT = {
  visitorMessages: 8,
  agentMessages: 7,
  readMarks: 10,
  typing: 20,
  /** Panels opened for each one in which somebody writes. */
  panels: 3,
  /** Loads of further pages while the conversation is open: each opens the socket anew. */
  pages: 3,
};
/** Assumed to be billed for each time an object has something to do. */
const AWAKE_S = 0.02;
/** An event; and an object's tables, eleven pages even when they are empty. */
const EVENT_BYTES = 400;
const OBJECT_BYTES = 11 * 4096;
const KEPT_MONTHS = 12;
/** Consoles are open this long a day, and look this often who is there. */
const DESK_HOURS = 10;
const LOOKS_AN_HOUR = 120;
/** A page of another origin asks first whether it may ask; then a ticket, then a socket. */
const REQUESTS_TO_OPEN = 3;
const CHATS_A_SEAT = 500;

const SIZES = [1_000, 100_000, 1_000_000];
/** Monthly list prices of hosted chat in US dollars a seat, as commonly published. */
const SEATS = [
  ['hosted chat, entry plan', 20],
  ['hosted chat, team plan', 50],
  ['hosted suite, business plan', 85],
];

/** How often each measured thing happens in one conversation, of which messages are a part. */
const PARTS = [
  ['panelOpened', 'a panel opened for the first time', CHAT.panels],
  ['firstMessage', 'the first message, and its assignment', 1],
  ['agentJoins', 'the agent opens the conversation', 1],
  ['visitorMessage', 'a further message of the visitor', CHAT.visitorMessages - 1],
  ['agentMessage', 'a message of the agent', CHAT.agentMessages],
  ['readMark', 'a read mark raised', CHAT.readMarks],
  ['typing', 'a sign that somebody types', CHAT.typing],
  ['panelOpenedAgain', 'the panel on a further page', CHAT.pages],
  ['closed', 'the conversation is closed', 1],
];
const OTHERS = [
  ['reopened', 'a message reopens it, and it is assigned again'],
  ['pings', 'pings answered'],
  ['deskLooks', 'the desk looks who is there, each 30 s while a console is open'],
  ['idleConversation', 'an idle conversation with open sockets, each 30 s'],
];

/** What one conversation uses, storage apart. */
export function perConversation() {
  const sum = (key) => PARTS.reduce((total, [what, , times]) => total + times * rows[what][key], 0);
  const events = sum('requests') + sum('frames');
  return {
    workerRequests: REQUESTS_TO_OPEN * (CHAT.panels + CHAT.pages) + 2,
    objectRequests: sum('requests') + sum('frames') / FRAMES_A_REQUEST,
    duration: events * AWAKE_S * OBJECT_GB,
    rowsRead: sum('read'),
    rowsWritten: sum('written'),
  };
}

/** What is kept of one conversation; a panel in which nobody writes keeps nothing. */
function storedGb() {
  const messages = CHAT.visitorMessages + CHAT.agentMessages;
  return (OBJECT_BYTES + messages * EVENT_BYTES) / 1e9;
}

/** What an open desk uses in a month, whatever is written. */
function perDesk() {
  const looks = DESK_HOURS * LOOKS_AN_HOUR * DAYS;
  const { written, read, requests } = rows.deskLooks;
  return {
    workerRequests: 0,
    objectRequests: looks * requests,
    duration: looks * AWAKE_S * OBJECT_GB,
    rowsRead: looks * read,
    rowsWritten: looks * written,
  };
}

/** What so many conversations a month use; storage in GB, as it is after the time they are kept. */
export function usage(conversations) {
  const [chat, desk] = [perConversation(), perDesk()];
  const used = Object.keys(chat).map((what) => [what, conversations * chat[what] + desk[what]]);
  return { ...Object.fromEntries(used), storage: conversations * KEPT_MONTHS * storedGb() };
}

/** US dollars a month, part by part. */
export function bill(conversations) {
  const parts = Object.entries(usage(conversations)).map(([what, used]) => {
    const { included, price } = PAID[what];
    return [what, Math.max(0, used - included) * price];
  });
  const sum = parts.reduce((total, [, dollars]) => total + dollars, PAID.base);
  return { ...Object.fromEntries(parts), sum };
}

/** How many conversations a day the plan without a price bears, and what ends it. */
export function freely() {
  const [chat, desk] = [perConversation(), perDesk()];
  const bears = Object.entries(FREE).map(([what, allowed]) => [
    Math.floor((allowed - desk[what] / DAYS) / chat[what]),
    what,
  ]);
  return bears.sort(([a], [b]) => a - b)[0];
}

/** How many conversations that plan keeps. */
const keeps = () => Math.floor(FREE_STORAGE / storedGb());

const WORDS = {
  workerRequests: 'requests to the worker',
  objectRequests: 'requests to objects',
  duration: 'duration, GB-s',
  rowsRead: 'rows read',
  rowsWritten: 'rows written',
  storage: 'storage after a year, GB',
};

const count = (number) =>
  number.toLocaleString('en', { maximumFractionDigits: number < 100 ? 2 : 0 });
const dollars = (number) => `$${number.toLocaleString('en', { maximumFractionDigits: 0 })}`;
const line = (cells) => `| ${cells.join(' | ')} |`;
const grid = (head, body) =>
  [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');

function measured() {
  const cells = (what) => ['written', 'read', 'requests', 'frames'].map((key) => rows[what][key]);
  const head = ['', 'rows written', 'rows read', 'requests to objects', 'frames', 'in one chat'];
  return grid(head, [
    ...PARTS.map(([what, words, times]) => [words, ...cells(what), `× ${times}`]),
    ...OTHERS.map(([what, words]) => [words, ...cells(what), '']),
  ]);
}

function used() {
  const [chat, desk] = [perConversation(), perDesk()];
  const head = ['a month', 'one conversation', 'an open desk', ...SIZES.map(count)];
  const all = SIZES.map(usage);
  const body = Object.entries(WORDS).map(([what, words]) => [
    words,
    what in chat ? count(chat[what]) : '',
    what in desk ? count(desk[what]) : '',
    ...all.map((one) => count(one[what])),
  ]);
  return grid(head, body);
}

function billed() {
  const bills = SIZES.map(bill);
  const row = (words, of) => [words, ...SIZES.map((size, at) => of(bills[at], size))];
  const seats = (size) => Math.max(1, Math.ceil(size / CHATS_A_SEAT));
  return grid(
    ['US dollars a month', ...SIZES.map(count)],
    [
      row('the plan itself', () => dollars(PAID.base)),
      ...Object.entries(WORDS).map(([what, words]) => row(words, (one) => dollars(one[what]))),
      row('**Edgewise, together**', ({ sum }) => `**${dollars(sum)}**`),
      row(`agents, at ${CHATS_A_SEAT} chats each`, (_, size) => count(seats(size))),
      ...SEATS.map(([words, price]) =>
        row(`${words}, $${price} a seat`, (_, size) => dollars(seats(size) * price)),
      ),
    ],
  );
}

function free() {
  const [conversations, what] = freely();
  return `The free plan bears ${count(conversations)} such conversations a day beside an open desk;
what ends it is ${WORDS[what]}. Its ${FREE_STORAGE} GB hold ${count(keeps())} of them.`;
}

/** The parts of the document that are computed, by name. */
export const TABLES = { measured, used, billed, free };

/** The document with its computed parts written anew. */
export function renewed(text) {
  const parts = Object.entries(TABLES).map(([name, table]) => [name, table()]);
  return renew(text, Object.fromEntries(parts));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const table of Object.values(TABLES)) console.log(`${table()}\n`);
  if (process.argv.includes('--write-docs')) {
    writeFileSync(DOCUMENT, renewed(readFileSync(DOCUMENT, 'utf8')));
    console.log('Written to docs/cost.md');
  }
}
