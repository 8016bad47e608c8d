// Results as a table, for people and for documents.

/** Rows of a name and a value, in Markdown. */
export function table(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  const line = ([name, value]) => `| ${name.padEnd(width)} | ${value} |`;
  return ['', '| | |', '| --- | --- |', ...rows.map(line), ''].join('\n');
}

/** The smallest value that is not below this share of all, rounded. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}

const SHOWN = 5;

/** The first violations of each kind, {is, what}. */
export function showViolations(violations) {
  for (const kind of new Set(violations.map(({ is }) => is))) {
    const its = violations.filter(({ is }) => is === kind);
    for (const { what } of its.slice(0, SHOWN)) console.error(`${kind}: ${what}`);
    if (its.length > SHOWN) console.error(`${kind}: ${its.length - SHOWN} more`);
  }
}
