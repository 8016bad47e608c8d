// What axe has to say of the widget.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Found = { id: string; nodes: { target: unknown[]; failureSummary?: string }[] };

/** Nothing may be wrong by the rules of WCAG 2.2 AA and its best practices. */
export async function checkAxe(page: Page, state: string): Promise<void> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const axe = Reflect.get(window, 'axe');
    const hosts = [...document.querySelectorAll('body > div')].filter((one) => one.shadowRoot);
    const moves = hosts.flatMap((one) => one.shadowRoot?.getAnimations() ?? []);
    await Promise.all(moves.map(({ finished }) => finished));
    const { violations, passes } = await axe.run(hosts);
    return { violations, passes } as { violations: Found[]; passes: Found[] };
  });
  // Axe does look inside: names of buttons, and colours where the browser does not force its own.
  const seen = found.passes.find(({ id }) => id === 'button-name')?.nodes.length ?? 0;
  assert.ok(seen >= 1, `${state}: axe saw ${seen} buttons`);
  const told = found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  );
  assert.deepEqual(told, [], state);
}
