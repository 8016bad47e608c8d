/** What is loaded when it is asked for, and how work is cut into pieces. */

export const parts = {
  menu: () => import('./menu.tsx'),
  emoji: () => import('./emoji.tsx'),
  rating: () => import('./rating.tsx'),
  links: () => import('./links.tsx'),
  files: () => import('./files.tsx'),
};

/** Without it the visitor writes at once. */
export const form = () => import('./form.tsx').catch(() => undefined);

/** Lets the page do what it has to do: no work of ours is to hold it up for long. */
export const pause = () => new Promise<void>((done) => setTimeout(done));

/** What has the focus, unless it is ours, or nobody's. */
export function outside({ host }: ShadowRoot): Element | null {
  const { activeElement, body } = document;
  return activeElement === body || activeElement === host ? null : activeElement;
}
