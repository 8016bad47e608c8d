// Chat widgets of others, from npm, each bundled as its documentation says: one minified script
// that puts the widget on a page. They are kept in the user's cache, by name and version.

import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { cached } from '../tools/lib/cached.mjs';
import { step } from '../tools/lib/run.mjs';

const REACT = (version) => [`react@${version}`, `react-dom@${version}`];

/**
 * `packed`: the package ships a bundle of its own and is taken as it is, without its dependencies.
 * `shown`: what is on the page when the widget is there.
 */
const RIVALS = [
  {
    name: 'deep-chat',
    version: '2.4.2',
    packed: true,
    entry: `import 'deep-chat/dist/deepChat.bundle.js';
      document.body.append(document.createElement('deep-chat'));`,
    shown: 'deep-chat',
  },
  {
    name: '@n8n/chat',
    version: '1.37.0',
    packed: true,
    entry: `import '@n8n/chat/dist/style.css';
      import { createChat } from '@n8n/chat/dist/chat.bundle.es.js';
      createChat({ webhookUrl: location.origin + '/hook' });`,
    shown: '.chat-window-wrapper',
  },
  {
    name: '@papercups-io/chat-widget',
    version: '1.3.1',
    packages: REACT(17),
    entry: `import { createElement } from 'react';
      import { render } from 'react-dom';
      import { ChatWidget } from '@papercups-io/chat-widget';
      const box = document.body.appendChild(document.createElement('div'));
      render(createElement(ChatWidget, { accountId: 'demo', baseUrl: location.origin }), box);`,
    shown: 'body > div',
  },
  {
    name: '@botpress/webchat',
    version: '4.5.2',
    packages: REACT(18),
    entry: `import './node_modules/@botpress/webchat/dist/style.css';
      import { createElement } from 'react';
      import { createRoot } from 'react-dom/client';
      import { Fab, Webchat } from '@botpress/webchat';
      const box = document.body.appendChild(document.createElement('div'));
      const id = '00000000-0000-4000-8000-000000000000';
      createRoot(box).render([
        createElement(Fab, { key: 1 }), createElement(Webchat, { key: 2, clientId: id }),
      ]);`,
    shown: 'body > div',
  },
];

async function install(folder, { name, version, packed, packages = [] }) {
  const npm = (...args) => step(name, 'npm', args, { cwd: folder });
  const spec = `${name}@${version}`;
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  if (!packed) {
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps'];
    await npm('install', ...quiet, spec, ...packages);
    return;
  }
  await npm('pack', '--ignore-scripts', spec);
  const archive = readdirSync(folder).find((one) => one.endsWith('.tgz'));
  await step(name, 'tar', ['xzf', archive], { cwd: folder });
  const place = join(folder, 'node_modules', name);
  mkdirSync(join(place, '..'), { recursive: true });
  renameSync(join(folder, 'package'), place);
}

async function bundle(folder, rival) {
  writeFileSync(join(folder, 'entry.js'), rival.entry);
  await build({
    absWorkingDir: folder,
    entryPoints: ['entry.js'],
    outdir: join(folder, 'out'),
    bundle: true,
    minify: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.svg': 'dataurl', '.woff2': 'dataurl' },
    logLevel: 'error',
  });
}

/** All of them, each {name, version, shown, script, style?}: paths of files. */
export async function rivals() {
  const made = [];
  for (const rival of RIVALS) {
    const { name, version, shown } = rival;
    const folder = await cached(`rival-${name.replace(/\W+/g, '-')}-${version}`, async (draft) => {
      await install(draft, rival);
      await bundle(draft, rival);
    });
    const style = join(folder, 'out/entry.css');
    const script = join(folder, 'out/entry.js');
    made.push({ name, version, shown, script, style: existsSync(style) ? style : undefined });
  }
  return made;
}
