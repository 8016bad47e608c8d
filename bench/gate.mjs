// What a run comes to, and whether that is worse than the baseline. Only ratios and sizes are
// compared: milliseconds are those of a machine and a moment.

import { median, sorted } from './median.mjs';

const SIZE = 1.05;
const RATIO = 1.05;
/** How each figure is compared: with which of the two, and whether more is better. */
export const FIGURES = {
  perSecond: { what: 'messages a second', digits: 0, more: true },
  cpu: { what: 'processor time a message, ms', digits: 3, more: false },
  alone: { what: 'processor time of one that comes alone, ms', digits: 3, more: false },
  wake: { what: 'processor time of one that wakes its conversation, ms', digits: 3, more: false },
  p50: { what: 'to the other side, p50, ms', digits: 1, more: false },
  p99: { what: 'to the other side, p99, ms', digits: 1, more: false },
  p999: { what: 'to the other side, p99.9, ms', digits: 1, more: false },
  start: { what: 'start to first answer, ms', digits: 0, more: false },
};
/** The tails of a few seconds say too little to fail for. */
const GATED = ['perSecond', 'cpu', 'alone', 'p50', 'start'];

/** Medians, and the ratios to the other two with their range over the rounds. */
export function summary(runs, sizes) {
  const figures = {};
  for (const key of Object.keys(FIGURES)) {
    const figure = {};
    for (const [name, list] of Object.entries(runs)) figure[name] = median(list.map((r) => r[key]));
    for (const other of ['durable', 'room']) {
      const ratios = sorted(runs.edgewise.map((run, at) => run[key] / runs[other][at][key]));
      figure[`to_${other}`] = { median: median(ratios), range: [ratios[0], ratios.at(-1)] };
    }
    figures[key] = figure;
  }
  return { figures, sizes };
}

/** What is worse than the baseline, in words. */
export function check(found, baseline) {
  const worse = [];
  for (const { what, bytes, bound } of found.sizes) {
    const before = baseline.sizes.find((size) => size.what === what)?.bytes ?? bound;
    if (bytes > bound) worse.push(`${what}: ${bytes} bytes, over its bound of ${bound}`);
    else if (bytes > before * SIZE) worse.push(`${what}: ${bytes} bytes, it was ${before}`);
  }
  for (const key of GATED) {
    const { what, more } = FIGURES[key];
    for (const to of ['to_durable', 'to_room']) {
      const [now, then] = [found.figures[key][to], baseline.figures[key]?.[to]];
      if (!then) continue;
      // Beyond the spread: even the best round is worse than the worst one of the baseline.
      const lost = more
        ? now.range[1] * RATIO < then.range[0]
        : now.range[0] > then.range[1] * RATIO;
      if (lost)
        worse.push(`${what} ${to}: ${now.median.toFixed(2)}, was ${then.median.toFixed(2)}`);
    }
  }
  return worse;
}
