// What travels: gzipped bytes of the worker, the widget and the console's first route, each beside
// the bound it must stay under.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const KB = 1024;

const zipped = (path) => gzipSync(readFileSync(join(root, path)), { level: 9 }).length;
const sum = (paths) => paths.map(zipped).reduce((total, bytes) => total + bytes, 0);

/** Scripts and styles that a page names, and what those import before anything is shown. */
function firstRoute(folder, page) {
  const html = readFileSync(join(root, folder, page), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g)];
  return named.map(([, path]) => join(folder, path));
}

/** Rows {what, bytes, bound}. */
export function weigh() {
  const chunks = readdirSync(join(root, 'dist/widget')).map((name) => `dist/widget/${name}`);
  const panel = chunks.filter((path) => path.includes('/panel-'));
  const words = chunks.filter((path) => !panel.includes(path));
  const bound = (kb) => kb * KB;
  return [
    { what: 'worker (wasm)', bytes: zipped('build/index_bg.wasm'), bound: bound(300) },
    { what: 'widget, loader', bytes: zipped('dist/widget.js'), bound: bound(3) },
    { what: 'widget, open panel', bytes: sum(['dist/widget.js', ...panel]), bound: bound(15) },
    { what: 'widget, a further language', bytes: sum(words), bound: bound(1) },
    {
      what: 'console, entry',
      bytes: sum(firstRoute('dist/console', 'index.html')),
      bound: bound(160),
    },
  ];
}
