/**
 * The names under which this browser keeps things. Nothing is kept before the panel is opened, and
 * a browser that refuses storage is no error: the answer is then null or false. Import them all as
 * `marks`; a part of the widget carries those alone which it reads.
 */

/** The visitor's secret (T1). */
export const secret = (site: string) => `edgewise:${site}`;
/** Set while there is something to come back for: the loader then loads the panel at once. */
export const running = (site: string) => `edgewise:${site}:running`;
/** When the visitor put the greeting away, or opened the panel. */
export const greeted = (site: string) => `edgewise:${site}:greeted`;
/** Whom the page has named. */
export const person = (site: string) => `edgewise:${site}:person`;
/** What was typed into a form and not sent. */
export const form = (site: string) => `edgewise:${site}:form`;
/** The language chosen in the panel. */
export const locale = 'edgewise:locale';
/** Set when the visitor wants no sound. */
export const muted = 'edgewise:muted';

export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps, or with null forgets; false when storage is refused. */
export function keep(key: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
