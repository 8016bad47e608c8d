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

/** Script and style of sign-in, shell and inbox, as the console's build has listed them. */
function firstRoute() {
  const list = JSON.parse(readFileSync(join(root, '.edgewise/first-route.json'), 'utf8'));
  return list.map((path) => join('dist/console', path));
}

/** Rows {what, bytes, bound}. */
export function weigh() {
  const chunks = readdirSync(join(root, 'dist/widget')).map((name) => `dist/widget/${name}`);
  const named = (what) => chunks.filter((path) => path.includes(`/${what}-`));
  const languages = readdirSync(join(root, 'widget/words')).map((name) => name.split('.')[0]);
  const words = languages.flatMap(named).map(zipped);
  const bound = (kb) => kb * KB;
  return [
    // Ours to set: forms, persons, silent visitors, helpers and files took 130 KB; what pages say,
    // faces, small pictures and the site's settings the last 45.
    { what: 'worker (wasm)', bytes: zipped('build/index_bg.wasm'), bound: bound(660) },
    { what: 'widget, loader', bytes: zipped('dist/widget.js'), bound: bound(3) },
    {
      what: 'widget, until the panel can be used',
      bytes: sum(['dist/widget.js', ...named('panel')]),
      bound: bound(15),
    },
    { what: 'widget, what comes around it', bytes: sum(named('lobby')), bound: bound(4) },
    { what: 'widget, a further language', bytes: Math.max(...words), bound: bound(1.5) },
    { what: 'widget, attachments', bytes: sum(named('files')), bound: bound(8) },
    { what: 'widget, menu', bytes: sum(named('menu')), bound: bound(2) },
    { what: 'widget, without WebSockets', bytes: sum(named('polling')), bound: bound(1.5) },
    {
      what: 'console, first route',
      bytes: sum(firstRoute()),
      bound: bound(160),
    },
  ];
}
