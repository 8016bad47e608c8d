// What a worker has counted (counted.js): rows, handlers, starts; what changed between two looks.

const QUIET_LOOKS = 6;
const LOOK_MS = 100;
const PATIENCE_MS = 30_000;

export const countsOf = async (url) => (await fetch(`${url}/counts`)).json();

/** The counts once nothing has changed for a while: what one object owes another has arrived. */
export async function settled(url) {
  let before = await countsOf(url);
  let quiet = 0;
  for (const end = Date.now() + PATIENCE_MS; quiet < QUIET_LOOKS; ) {
    if (Date.now() > end) throw new Error('the objects do not come to rest');
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
    const now = await countsOf(url);
    quiet = JSON.stringify(now) === JSON.stringify(before) ? quiet + 1 : 0;
    before = now;
  }
  return before;
}

/** What has been counted between two looks, summed over the kinds of objects. */
export function between(before, after) {
  const sum = {};
  for (const [kind, counts] of Object.entries(after)) {
    for (const [what, count] of Object.entries(counts)) {
      sum[what] = (sum[what] ?? 0) + count - before[kind][what];
    }
  }
  return sum;
}
