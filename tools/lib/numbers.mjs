// Options of a command that are whole numbers: `--kills 20`.

import { parseArgs } from 'node:util';
import { Problem } from './problem.mjs';

/** The given ones among `names`; `help` is shown when one is wrong. */
export function numbers(args, names, help) {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  try {
    const { values } = parseArgs({ args, options });
    return Object.fromEntries(
      Object.entries(values).map(([name, text]) => {
        if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text} is no number`);
        return [name, Number(text)];
      }),
    );
  } catch (error) {
    throw new Problem(`${error.message}\n${help}`);
  }
}
