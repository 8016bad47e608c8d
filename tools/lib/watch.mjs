// Notices a runtime that died under wrangler. Wrangler starts workerd again, but when the process
// that listens died as well, the new one takes connections and answers none of them. A reload
// after a change of the sources replaces workerd, too; that one answers.

const LOOK_MS = 500;
const PATIENCE_MS = 6_000;

const answers = (url) =>
  fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.ok,
    () => false,
  );

const pause = () => new Promise((wake) => setTimeout(wake, LOOK_MS).unref());

async function recovers(server) {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause()) {
    if (await answers(server.url)) return true;
  }
  return false;
}

/** Resolves when the server's runtime has died and does not come back; never, if it does not. */
export async function broken(server) {
  for (let known = `${server.pids()}`; !server.exited; await pause()) {
    const now = `${server.pids()}`;
    if (now === known) continue;
    if (!(await recovers(server))) return 'broken';
    known = `${server.pids()}`;
  }
  return server.exit;
}
