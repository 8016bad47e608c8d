// A site of somebody else: pages of another origin than the worker's, which embed the widget.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Shop = { url: string; port: number; close: () => void };

/** The strictest policy under which the widget has to work. */
export function strictPolicy(worker: string): string[] {
  return [
    "default-src 'none'",
    `script-src ${worker}`,
    `connect-src ${worker} ${worker.replace('http', 'ws')}`,
    `img-src ${worker}`,
    "require-trusted-types-for 'script'",
  ];
}

export function snippet(worker: string, more = ''): string {
  return `<script async src="${worker}/widget.js" data-site="demo" ${more}></script>`;
}

export type Pages = {
  /** What is in the page, apart from the doctype and a title. */
  html: string;
  policy?: string[];
  /** Scripts and styles of the site itself, by path. */
  files?: Record<string, string>;
};

/** Serves the same page at every path that is no file. */
export async function openShop({ html, policy, files = {} }: Pages): Promise<Shop> {
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://shop');
    const file = files[pathname];
    const kinds = { js: 'text/javascript', css: 'text/css', html: 'text/html' };
    const kind = file === undefined ? 'html' : pathname.split('.').at(-1);
    answer.setHeader('content-type', `${kinds[kind as keyof typeof kinds]}; charset=utf-8`);
    if (policy) answer.setHeader('content-security-policy', policy.join('; '));
    answer.end(file ?? `<!doctype html><title>Shop</title>${html}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}`, port, close: () => server.close() };
}
