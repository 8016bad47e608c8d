// A build step: what a first visit loads until the inbox is usable must stay small. Over the bound
// the build fails.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

/** Script and style of sign-in, shell and inbox together, gzipped. */
const FIRST_ROUTE_BYTES = 160 * 1024;
/** Where the list of these files is left for `npm run bench`. */
const LIST = fileURLToPath(new URL('../.edgewise/first-route.json', import.meta.url));
const FIRST_ROUTE = ['index.html', 'pages/SignIn.vue', 'pages/Shell.vue', 'pages/Inbox.vue'];

export function weighFirstRoute(): Plugin {
  return {
    name: 'edgewise-weigh-first-route',
    apply: 'build',
    writeBundle(options, bundle) {
      const files = filesOf(bundle);
      const bytes = { js: 0, css: 0 };
      for (const file of files) {
        const size = gzipSync(readFileSync(join(options.dir ?? '', file)), { level: 9 }).length;
        bytes[file.endsWith('.css') ? 'css' : 'js'] += size;
      }
      mkdirSync(dirname(LIST), { recursive: true });
      writeFileSync(LIST, JSON.stringify([...files]));
      const all = bytes.js + bytes.css;
      const parts = `${bytes.js} script, ${bytes.css} style, ${files.size} files`;
      const line = `console, first route: ${all} of ${FIRST_ROUTE_BYTES} bytes gzipped (${parts})`;
      if (all > FIRST_ROUTE_BYTES) this.error(line);
      console.log(line);
    },
  };
}

/** The chunks of the first route with all they import at once, and their styles. */
function filesOf(bundle: Rollup.OutputBundle): Set<string> {
  const files = new Set<string>();
  const visit = (file: string): void => {
    const chunk = bundle[file];
    if (chunk?.type !== 'chunk' || files.has(file)) return;
    files.add(file);
    for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
    for (const imported of chunk.imports) visit(imported);
  };
  for (const [file, chunk] of Object.entries(bundle)) {
    if (chunk.type !== 'chunk') continue;
    const id = chunk.facadeModuleId ?? '';
    if (FIRST_ROUTE.some((path) => id.endsWith(`console/${path}`))) visit(file);
  }
  return files;
}
