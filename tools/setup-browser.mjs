// Finds a Chromium for the browser tests, or gets one: from Playwright, else from Debian. Chinese
// glyphs belong to it, because the pages are tested in Chinese.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { apt, canApt } from './lib/apt.mjs';
import { root } from './lib/paths.mjs';
import { Problem } from './lib/problem.mjs';
import { capture, step, which } from './lib/run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const PROBE_S = 8;

function installed() {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) {
    if (!existsSync(CHROMIUM)) throw new Problem(`CHROMIUM=${CHROMIUM} does not exist.`);
    return CHROMIUM;
  }
  for (const name of NAMES) {
    const found = which(name);
    if (found) return found;
  }
  const bundled = createRequire(join(root, 'package.json'))(
    'playwright-core',
  ).chromium.executablePath();
  return [MAC, bundled].find((path) => existsSync(path));
}

async function install() {
  const host = 'https://cdn.playwright.dev';
  const probe = await capture('curl', ['-sIL', '--max-time', `${PROBE_S}`, host]);
  if (probe.code === 0) {
    const args = [join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium'];
    // On a bare Linux the libraries a browser needs come from the distribution.
    if (canApt()) args.push('--with-deps');
    try {
      await step('Chromium (Playwright)', process.execPath, args);
      return;
    } catch (error) {
      if (!(error instanceof Problem) || !canApt()) throw error;
    }
  }
  await apt('Chromium', ['chromium']);
}

async function setupFonts() {
  if (process.platform !== 'linux') return;
  const { out } = await capture('fc-list', [':lang=zh', 'family']);
  if (out.trim()) return;
  if (canApt()) await apt('Chinese fonts', ['fontconfig', 'fonts-noto-cjk']);
  else console.log('· no font with Chinese glyphs: install fonts-noto-cjk for true screenshots');
}

/** The path of a Chromium. */
export async function setupBrowser() {
  if (!installed()) await install();
  const found = installed();
  if (!found) throw new Problem('No Chromium found: set CHROMIUM to the path of one.');
  await setupFonts();
  return found;
}
