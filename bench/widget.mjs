// `npm run bench:widget`: what the widget costs a page, beside widgets of others, on the same page
// and in the same run, in turns: bytes and requests, time in scripts, and how long the main thread
// of a four times slower processor is blocked (what tasks last beyond 50 ms), and by the longest of
// them, in processor time.
//
// --runs 7: rounds · --write-docs: the table goes into README.md.
//
// The others load all of themselves at once; what a widget would fetch from its own maker's servers
// is not there and not counted.

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from '../tools/build.mjs';
import { local, root } from '../tools/lib/paths.mjs';
import { Problem, tool } from '../tools/lib/problem.mjs';
import { setupBrowser } from '../tools/setup-browser.mjs';
import { setupNode } from '../tools/setup-node.mjs';
import { median } from './median.mjs';
import { watchTasks } from './tasks.mjs';

const SLOWER = 4;
const LONG_MS = 50;
const STATE = join(local, 'bench-widget');
const BEGIN = '<!-- widget -->';
const END = '<!-- /widget -->';

/** Counts what tasks last beyond 50 ms. */
const WATCH = `
  window.blocked = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.blocked += duration - ${LONG_MS};
  }).observe({ type: 'longtask', buffered: true });`;

/** The same page for all: a heading, some text, and the widget. */
function servePages(widgets) {
  const files = new Map();
  for (const { key, html, script, style } of widgets) {
    const text = `<p>${'A shop with a few words on it. '.repeat(60)}</p>`;
    files.set(`/${key}/`, `<!doctype html><title>Shop</title><h1>Shop</h1>${text}${html}`);
    if (script) files.set(`/${key}/entry.js`, readFileSync(script));
    if (style) files.set(`/${key}/entry.css`, readFileSync(style));
  }
  const kinds = { js: 'text/javascript', css: 'text/css' };
  const server = createServer(({ url }, answer) => {
    const body = files.get(url);
    answer.statusCode = body === undefined ? 404 : 200;
    answer.setHeader('content-type', `${kinds[url.split('.')[1]] ?? 'text/html'}; charset=utf-8`);
    answer.end(body);
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

/** One visit: {bytes, requests, script, blocked, longest}, once it is quiet. */
async function visit(browser, url, { shown, act }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  const client = await context.newCDPSession(page);
  await client.send('Performance.enable');
  await client.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const bodies = [];
  page.on('response', (answer) => {
    const kind = answer.request().resourceType();
    if (answer.ok() && kind !== 'document') bodies.push(answer.body().catch(() => ''));
  });
  const { longest } = await watchTasks(client, async () => {
    await page.goto(url, { waitUntil: 'load' });
    await page.waitForLoadState('networkidle');
    if (act) await page.evaluate(act);
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(500);
  });
  const { metrics } = await client.send('Performance.getMetrics');
  const seconds = metrics.find(({ name }) => name === 'ScriptDuration').value;
  const blocked = await page.evaluate(() => window.blocked);
  if ((await page.locator(shown).count()) === 0) throw new Problem(`${url} shows no widget`);
  const all = await Promise.all(bodies);
  const bytes = all.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  await context.close();
  return { bytes, requests: all.length, script: seconds * 1000, blocked, longest };
}

function row({ name, runs }) {
  const of = (key) => median(runs.map((run) => run[key]));
  const kb = (of('bytes') / 1024).toFixed(1);
  const times = ['script', 'blocked', 'longest'].map((key) => `${of(key).toFixed()} ms`);
  return `| ${name} | ${kb} KB | ${of('requests')} | ${times.join(' | ')} |`;
}

function ours(url) {
  const html = `<script async src="${url}/widget.js" data-site="demo"></script>`;
  const launcher = 'body > div';
  const open = "edgewise('open')";
  return [
    { key: 'bare', name: 'the page alone', html: '', shown: 'h1' },
    { key: 'page', name: '**Edgewise**, on the page', html, shown: launcher },
    { key: 'open', name: '**Edgewise**, panel open', html, shown: launcher, act: open },
  ];
}

async function measure(runs) {
  const { startServer } = await import('../tools/lib/server.mjs');
  const { chromium } = await import('playwright-core');
  const { rivals } = await import('./rivals.mjs');
  const server = await startServer({ state: STATE, demo: false });
  const theirs = (await rivals()).map((rival, index) => ({
    ...rival,
    key: `rival${index}`,
    name: `${rival.name} ${rival.version}`,
    html:
      (rival.style ? '<link rel="stylesheet" href="entry.css">' : '') +
      '<script async src="entry.js"></script>',
  }));
  const widgets = [...ours(server.url), ...theirs].map((one) => ({ ...one, runs: [] }));
  const pages = await servePages(widgets);
  const executablePath = await setupBrowser();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    for (let run = 0; run <= runs; run += 1) {
      for (const widget of widgets) {
        const url = `http://localhost:${pages.address().port}/${widget.key}/`;
        const seen = await visit(browser, url, widget);
        // The first round warms the caches of the machine.
        if (run > 0) widget.runs.push(seen);
      }
    }
  } finally {
    await browser.close();
    pages.close();
    await server.stop();
  }
  return widgets;
}

await tool(async (args) => {
  const options = { runs: { type: 'string', default: '5' }, 'write-docs': { type: 'boolean' } };
  const { values } = parseArgs({ args, options });
  await setupNode();
  await build({ demo: false });
  const widgets = await measure(Number(values.runs));
  const head = [
    '| | gzipped | requests | in scripts | blocked | longest task |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  const table = [...head, ...widgets.map(row)].join('\n');
  console.log(table);
  if (!values['write-docs']) return;
  const path = join(root, 'README.md');
  const [before, rest] = readFileSync(path, 'utf8').split(BEGIN);
  const after = rest.split(END)[1];
  writeFileSync(path, `${before}${BEGIN}\n${table}\n${END}${after}`);
});
