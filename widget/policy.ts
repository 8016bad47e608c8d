/** What keeps the widget from loading, told to the page's owner in one line. */

/** The browser reports a blocked address just before or just after the request has failed. */
const REPORT_MS = 100;

const told = new Set<string>();

/** Each thing once. */
function warn(about: string, text: string): void {
  if (!told.has(about)) console.warn(`Edgewise: ${text}`);
  told.add(about);
}

/** Names the directive that a policy lacks, as soon as the browser reports a blocked address. */
export function watchPolicy(base: string): void {
  const hosts = [base, base.replace('http', 'ws')].map((url) => url.split('/', 3).join('/'));
  document.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
    if (!hosts.some((host) => blockedURI.startsWith(host))) return;
    const directive = effectiveDirective.replace('-elem', '');
    warn(directive, `the Content-Security-Policy lacks "${directive} ${hosts.join(' ')}".`);
  });
}

/** A script did not come: when it was not the policy, it was the network. */
export function tellUnloaded(): void {
  setTimeout(() => told.size || warn('', 'the chat could not be loaded'), REPORT_MS);
}
