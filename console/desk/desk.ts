// The desk as this console knows it: a pure reducer of the desk's frames (docs/protocol.md, D), and
// what the view asks of it.

import type {
  AgentId,
  AgentRef,
  Away,
  ConversationId,
  Decision,
  DepartmentId,
  DepartmentRef,
  DeskEntry,
  DeskServerFrame,
  Millis,
  Place,
  Rejection,
  RosterEntry,
} from '../../client/frames.ts';

/** Closed conversations kept in the list; the server lists as many (D8). */
export const CLOSED_KEPT = 50;

export type Refusal = { nth: number; conversation: ConversationId | null; code: Rejection };

export type Desk = {
  /** False until the first `desk` frame. */
  known: boolean;
  you: AgentId;
  agents: Record<AgentId, RosterEntry>;
  entries: Record<ConversationId, DeskEntry>;
  /** When each conversation of mine came to me, counted: the newest stands on top. */
  arrived: Record<ConversationId, number>;
  arrivals: number;
  departments: DepartmentRef[];
  /** Seconds without activity after which agents are away; 0 for never. */
  awayAfter: number;
  /** Chats that went to others while this agent was gone, until the agent has read so. */
  lost: number;
  /** Why each conversation went where it is, once asked; under '' the last ones of the site. */
  decisions: Record<ConversationId, Decision[]>;
  /** Who has missed several offers in a row; `nth` tells two equal ones apart. */
  missing: { nth: number; agent: AgentRef; misses: number } | null;
  /** The last refusal; `nth` tells two equal ones apart. */
  refusal: Refusal | null;
};

export type Section = 'mine' | 'waiting' | 'others' | 'closed';
export type Sections = Record<Section, DeskEntry[]>;

export const emptyDesk: Desk = {
  known: false,
  you: '',
  agents: {},
  entries: {},
  arrived: {},
  arrivals: 0,
  departments: [],
  awayAfter: 0,
  lost: 0,
  decisions: {},
  missing: null,
  refusal: null,
};

export function receive(desk: Desk, frame: DeskServerFrame): Desk {
  switch (frame.t) {
    case 'desk':
      return withArrivals({
        ...desk,
        known: true,
        you: frame.you,
        agents: Object.fromEntries(frame.agents.map((entry) => [entry.agent.id, entry])),
        entries: trimmed(byId(frame.conversations)),
        departments: frame.departments,
        awayAfter: frame.away_after_s ?? 0,
        // Each is told once, to whichever console says hello first.
        lost: desk.lost + frame.lost,
      });
    case 'departments':
      return {
        ...desk,
        departments: frame.departments,
        awayAfter: frame.away_after_s ?? 0,
      };
    case 'decisions':
      return {
        ...desk,
        decisions: { ...desk.decisions, [frame.conversation ?? '']: frame.list },
      };
    case 'missing': {
      const nth = (desk.missing?.nth ?? 0) + 1;
      return { ...desk, missing: { nth, agent: frame.agent, misses: frame.misses } };
    }
    case 'agent':
      return { ...desk, agents: { ...desk.agents, [frame.agent.agent.id]: frame.agent } };
    case 'conversations':
      return withArrivals({
        ...desk,
        entries: trimmed({ ...desk.entries, ...byId(frame.changed) }),
      });
    case 'rejected': {
      const nth = (desk.refusal?.nth ?? 0) + 1;
      const conversation = frame.conversation ?? null;
      return { ...desk, refusal: { nth, conversation, code: frame.code } };
    }
  }
}

/** Where a conversation stands in the list. */
export function sectionOf(desk: Desk, entry: DeskEntry): Section {
  if (entry.state.is === 'waiting' || entry.state.is === 'parked') return 'waiting';
  if (entry.state.is === 'closed') return 'closed';
  return entry.state.agent.id === desk.you || helps(desk, entry) ? 'mine' : 'others';
}

/** Whether I was asked into a conversation that is not mine. */
export function helps({ you }: Desk, { helpers }: DeskEntry): boolean {
  return helpers.some(({ id }) => id === you);
}

export function sections(desk: Desk): Sections {
  const all: Sections = { mine: [], waiting: [], others: [], closed: [] };
  for (const entry of Object.values(desk.entries)) all[sectionOf(desk, entry)].push(entry);
  const arrival = (entry: DeskEntry) => desk.arrived[entry.conversation] ?? 0;
  const newestFirst = (a: DeskEntry, b: DeskEntry) => b.since - a.since;
  all.mine.sort((a, b) => arrival(b) - arrival(a));
  all.waiting.sort((a, b) => rankOf(a) - rankOf(b));
  all.others.sort(newestFirst);
  all.closed.sort(newestFirst);
  return all;
}

/** Whose turn is next: 1, 2, … among all that wait in the same department. */
export function positionsOf({ waiting }: Sections): Map<ConversationId, number> {
  const lengths: Record<string, number> = {};
  const positions = new Map<ConversationId, number>();
  for (const { conversation, department, state } of waiting) {
    if (state.is !== 'waiting') continue;
    lengths[department] = (lengths[department] ?? 0) + 1;
    positions.set(conversation, lengths[department]);
  }
  return positions;
}

export type Queue = { department: DepartmentRef; entries: DeskEntry[] };

/** Those who wait, by department, in the order of the site's departments. */
export function queuesOf({ departments }: Desk, waiting: DeskEntry[]): Queue[] {
  const known = new Set(departments.map(({ id }) => id));
  const all = departments.map((department) => ({
    department,
    entries: waiting.filter((entry) => entry.department === department.id),
  }));
  const strays = waiting.filter((entry) => !known.has(entry.department));
  if (strays.length > 0) all.push({ department: { id: '', name: '' }, entries: strays });
  return all.filter(({ entries }) => entries.length > 0);
}

/** What one at this place of a queue hears of the wait (docs/routing.md), as far as it is known. */
export function expected(queue: DepartmentRef | undefined, position: number): Partial<Place> {
  const { pace_ms: pace, opens } = queue ?? {};
  if (position === 0) return opens === undefined ? {} : { opens };
  return pace === undefined ? {} : { wait_s: (Math.floor((pace * position) / 60_000) + 1) * 60 };
}

/** The name of a department; empty where there is only one, for then it says nothing. */
export function departmentName({ departments }: Desk, id: DepartmentId): string {
  if (departments.length < 2) return '';
  return departments.find((one) => one.id === id)?.name || id;
}

export type Offered = { entry: DeskEntry; until: Millis };

/** What I am asked to take, the one that ends first in front. */
export function offersOf(desk: Desk): Offered[] {
  const mine: Offered[] = [];
  for (const entry of Object.values(desk.entries)) {
    const offer = entry.state.is === 'waiting' ? entry.state.offer : undefined;
    if (offer?.agent === desk.you) mine.push({ entry, until: offer.until });
  }
  return mine.sort((a, b) => a.until - b.until);
}

/** Mine that were not mine before. The first desk is no news. */
export function newlyMine(before: Desk, after: Desk): ConversationId[] {
  if (!before.known) return [];
  return Object.keys(after.arrived).filter((id) => before.arrived[id] === undefined);
}

export function meOf(desk: Desk): RosterEntry | undefined {
  return desk.agents[desk.you];
}

/** Whether the desk is to hear that the agent does something, so long after it heard so last. */
export function wantsActivity({ awayAfter }: Desk, since: Millis): boolean {
  return awayAfter > 0 && since >= (awayAfter * 1_000) / 4;
}

export type Presence = 'offline' | 'wrap_up' | 'online' | Away;

/** What an agent is doing, in one word. */
export function presenceOf(row: RosterEntry, now: Millis): Presence {
  if (!row.online) return 'offline';
  if (!row.accepting) return row.away ?? 'chosen';
  return row.wrap_up !== undefined && row.wrap_up > now ? 'wrap_up' : 'online';
}

export function hasRoom(entry: RosterEntry): boolean {
  return entry.load < entry.capacity;
}

/** Online first, then by name. */
export function roster(desk: Desk): RosterEntry[] {
  return Object.values(desk.agents).sort(
    (a, b) => Number(b.online) - Number(a.online) || a.agent.name.localeCompare(b.agent.name),
  );
}

function byId(entries: DeskEntry[]): Record<ConversationId, DeskEntry> {
  return Object.fromEntries(entries.map((entry) => [entry.conversation, entry]));
}

function rankOf(entry: DeskEntry): number {
  // Whoever is parked comes after all who are in line.
  if (entry.state.is === 'parked') return Number.MAX_SAFE_INTEGER / 2 + entry.state.rank;
  return entry.state.is === 'waiting' ? entry.state.rank : 0;
}

function trimmed(entries: Record<ConversationId, DeskEntry>): Record<ConversationId, DeskEntry> {
  const closed = Object.values(entries).filter((entry) => entry.state.is === 'closed');
  if (closed.length <= CLOSED_KEPT) return entries;
  closed.sort((a, b) => b.since - a.since);
  const kept = { ...entries };
  for (const entry of closed.slice(CLOSED_KEPT)) delete kept[entry.conversation];
  return kept;
}

function withArrivals(desk: Desk): Desk {
  const mine = Object.values(desk.entries)
    .filter((entry) => sectionOf(desk, entry) === 'mine')
    .sort((a, b) => a.since - b.since);
  let arrivals = desk.arrivals;
  const arrived: Record<ConversationId, number> = {};
  for (const { conversation } of mine) {
    const known = desk.arrived[conversation];
    if (known === undefined) arrivals += 1;
    arrived[conversation] = known ?? arrivals;
  }
  return { ...desk, arrived, arrivals };
}
