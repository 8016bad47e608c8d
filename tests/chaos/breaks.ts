// Which breaks are tried, and how they went.

import type { Fault, Point } from '../support/proxy.ts';
import type { Break, Cuts, Stage } from './cuts.ts';
import type { Violation } from './oracle.ts';

export const STAGES: Stage[] = ['first', 'resumed'];
export type Result = { group: string; violations: Violation[] };

/** Scenes side by side: each waits most of its time. */
const SIDE_BY_SIDE = 8;
/** Longer than the client's patience when its clocks hurry: what is held up comes too late. */
const STALL_MS = 1_500;
/** How the line is otherwise, in turn. */
const MANNERS = [{}, {}, { sliced: true }, { latency: 3 }];

type Place = { stage: Stage; point: Point };
const groupOf = ({ stage, point }: Place) => `${stage}, ${point.way}, ${point.kind}`;

/** Every byte of every frame of both stages. */
export async function places(cuts: Cuts): Promise<Place[]> {
  const all: Place[] = [];
  for (const stage of STAGES) {
    for (const point of await cuts.points(stage)) all.push({ stage, point });
  }
  return all;
}

function groups(all: Place[], name: (place: Place) => string): Place[][] {
  const found = new Map<string, Place[]>();
  for (const place of all) found.set(name(place), [...(found.get(name(place)) ?? []), place]);
  return [...found.values()];
}

/** So many places, spread over all groups and evenly within each. */
export function spread(all: Place[], count: number): Place[] {
  const parts = groups(all, groupOf);
  const upTo = (part: number) => Math.floor((part * count) / parts.length);
  return parts.flatMap((group, at) => {
    const share = upTo(at + 1) - upTo(at);
    const step = (group.length - 1) / Math.max(1, share - 1);
    return Array.from({ length: share }, (_, pick) => group[Math.round(pick * step)] as Place);
  });
}

/** One byte in the middle of each frame. */
export function middles(all: Place[]): Place[] {
  const frames = groups(all, (place) => `${groupOf(place)}, ${place.point.nth}`);
  return frames.map((frame) => frame[frame.length >> 1] as Place);
}

/** Cuts, with and without a goodbye, with and without a new page, over all kinds of lines. */
export function cutsAt(some: Place[]): Break[] {
  return some.map((place, at) => ({
    ...place,
    fault: at % 2 === 0 ? 'end' : 'reset',
    reload: at % 4 > 1,
    manners: MANNERS[(at >> 2) % MANNERS.length],
  }));
}

/** Lines that go dead or slow while both ends believe in them. The clocks must hurry. */
export function silencesAt(some: Place[]): Break[] {
  const faults: Fault[] = ['hole', { stall: STALL_MS }];
  return some.flatMap((place) => faults.map((fault) => ({ ...place, fault })));
}

/** Carries them out, some side by side. All have ended when it does, with an error as well. */
export async function carryOut(cuts: Cuts, breaks: Break[]): Promise<Result[]> {
  const results: Result[] = [];
  const left = breaks.entries();
  const errors: unknown[] = [];
  const lane = async () => {
    for (const [, one] of left) {
      if (errors.length > 0) return;
      const violations = await cuts.break(one);
      results.push({ group: groupOf(one), violations });
    }
  };
  const lanes = Array.from({ length: SIDE_BY_SIDE }, () => {
    return lane().catch((error) => errors.push(error));
  });
  await Promise.all(lanes);
  if (errors.length > 0) throw errors[0];
  return results;
}
