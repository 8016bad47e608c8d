// A failure the person at the keyboard can do something about: shown as one line with its remedy,
// without a stack. Anything else is a bug of ours and keeps its stack.

export class Problem extends Error {
  constructor(message, { code = 1 } = {}) {
    super(message);
    this.code = code;
  }
}

const PARENT_MS = 500;
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** npm can be killed without a word to what it runs: its end counts as a request to end, too. */
function watchParent() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const look = () => process.ppid !== parent && process.kill(process.pid, 'SIGTERM');
  setInterval(look, PARENT_MS).unref();
}

/**
 * Runs the `main` of a tool and turns its outcome into an exit code. A signal ends it, with what it
 * started (run.mjs sees to that when we exit), unless `main` wants to hear of it: `onSignal`.
 */
export async function tool(main, { onSignal = (code) => process.exit(code) } = {}) {
  for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => onSignal(code));
  watchParent();
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof Problem) console.error(`edgewise: ${error.message}`);
    else console.error(error);
    process.exitCode = error.code > 0 ? error.code : 1;
  }
}
