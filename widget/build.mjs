// Builds the widget into dist/: widget.js, which every page of the host loads, and
// widget/panel-….js, loaded when the launcher is pressed. Fails when a gzipped size is over its
// budget.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { minifySync } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '../dist');
const LOADER_BYTES = 3 * 1024;
const TOTAL_BYTES = 15 * 1024;
// The first browsers with light-dark(), on which the tokens stand, and with colours from others.
const TARGET = ['chrome123', 'firefox128', 'safari17.5'];

const sheet = readFileSync(join(here, '../brand/tokens.css'), 'utf8');
const tokens = new Map(
  [...sheet.matchAll(/(--ew-[\w-]+):\s*([^;]+);/g)]
    .reverse()
    .map(([, name, value]) => [name, value.replace(/\s+/g, ' ')]),
);

/**
 * Hands a style sheet over as text, with the tokens' values in place of their names: smaller, and
 * no custom property of the page can change them. The first value of a token is the one meant;
 * reduced motion is the style sheet's own business.
 */
const styles = {
  name: 'styles',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = readFileSync(path, 'utf8').replace(/var\((--ew-[\w-]+)\)/g, (_, name) => {
        if (!tokens.has(name)) throw new Error(`${path}: brand/tokens.css has no ${name}`);
        return tokens.get(name);
      });
      const { code } = await transform(css, { loader: 'css', minify: true, target: TARGET });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/**
 * Each module that is imported when needed becomes a file of its own, whole: shared pieces would
 * have to be fetched before either. Files are named by what they hold.
 */
const lazy = {
  name: 'lazy',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, async ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = await bundle({ entryPoints: [join(resolveDir, path)], ...hashed });
      return { path: `./${basename(file)}`, external: true };
    });
  },
};

/**
 * The words of each language become files with one hash for all, so that the panel need not know
 * fourteen.
 */
const languages = {
  name: 'languages',
  setup({ onLoad }) {
    onLoad({ filter: /speech\.ts$/ }, async ({ path }) => {
      const folder = join(here, 'words');
      const files = readdirSync(folder).map((name) => join(folder, name));
      const hash = createHash('sha256');
      for (const file of files) hash.update(readFileSync(file));
      const tail = hash.digest('hex').slice(0, 8);
      const names = { ...hashed, entryNames: `[name]-${tail}` };
      await Promise.all(files.map((file) => bundle({ entryPoints: [file], ...names })));
      const code = readFileSync(path, 'utf8').split(/words\/(\$\{locale\})\.ts/);
      if (code.length !== 3) throw new Error(`${path} does not name the words`);
      return { contents: code.with(1, `${code[1]}-${tail}.js`).join(''), loader: 'ts' };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: TARGET,
  charset: 'utf8',
  legalComments: 'none',
  plugins: [styles, lazy, languages],
  logLevel: 'warning',
};

const hashed = { outdir: join(dist, 'widget'), format: 'esm', entryNames: '[name]-[hash]' };

rmSync(join(dist, 'widget'), { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

/** A classic script is read in the encoding of the host's page, whatever that is. */
function escaped(code) {
  const hex = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return code.replace(/[^\0-\x7f]/g, hex);
}

/**
 * Writes what esbuild made, minified once more by oxc, which finds a few hundred bytes that
 * esbuild leaves. The answer is its path.
 */
async function bundle(options) {
  const { outputFiles } = await build({ ...common, write: false, ...options });
  for (const { path, text } of outputFiles) {
    const { code, errors } = minifySync(path, text, { module: options.format === 'esm' });
    if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, options.format === 'iife' ? escaped(code) : code);
  }
  return outputFiles[0].path;
}

const panel = await bundle({ entryPoints: ['app.tsx'], ...hashed, entryNames: 'panel-[hash]' });
const wipe = await bundle({ entryPoints: ['wipe.ts'], ...hashed });
const greeting = await bundle({ entryPoints: ['greeting.tsx'], ...hashed });
// The panel once more under a name that never changes, for loaders older than this build.
const latest = readFileSync(panel, 'utf8').replaceAll(/(["'`])\.\//g, '$1./widget/');
writeFileSync(join(dist, 'widget.latest.js'), latest);
const below = (path) => JSON.stringify(`/${relative(dist, path).replaceAll('\\', '/')}`);
const loader = await bundle({
  entryPoints: ['loader.ts'],
  outfile: join(dist, 'widget.js'),
  format: 'iife',
  define: { PANEL: below(panel), WIPE: below(wipe), GREETING: below(greeting) },
});

const whole = await bundle({ entryPoints: ['whole.ts'], ...hashed });
copyFileSync(join(here, '../brand/mark.svg'), join(dist, 'widget/mark.svg'));
const html = readFileSync(join(here, 'whole.html'), 'utf8');
writeFileSync(join(dist, 'c.html'), html.replace('WHOLE', relative(dist, whole)));

// The loader once more under a name of its own, for pages that pin it by its hash.
const code = readFileSync(loader);
const digest = (algorithm, encoding) => createHash(algorithm).update(code).digest(encoding);
const pinned = `widget/loader-${digest('sha256', 'hex').slice(0, 8)}.js`;
writeFileSync(join(dist, pinned), code);
const integrity = `sha384-${digest('sha384', 'base64')}`;
writeFileSync(
  join(dist, 'widget.json'),
  `${JSON.stringify({ script: `/${pinned}`, integrity })}\n`,
);

const weigh = (path) => {
  const bytes = gzipSync(readFileSync(path), { level: 9 }).length;
  console.log(`${relative(dist, path)}: ${bytes} B gzipped`);
  return bytes;
};
const first = weigh(loader);
const all = first + weigh(panel);
console.log(`widget in all: ${all} of ${TOTAL_BYTES} B gzipped`);
// Each on top of it, and loaded by those alone who need it.
const rest = readdirSync(join(dist, 'widget')).map((name) => join(dist, 'widget', name));
for (const path of rest.filter((one) => one !== panel && one.endsWith('.js'))) weigh(path);
if (first > LOADER_BYTES || all > TOTAL_BYTES) {
  console.error(`The widget is over its budget (loader ${LOADER_BYTES} B, all ${TOTAL_BYTES} B).`);
  process.exitCode = 1;
}
