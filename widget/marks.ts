/**
 * The names under which this browser keeps things. Nothing is kept before the panel is opened, and
 * a browser that refuses storage is no error: the answer is then null or false.
 */

export const marks = {
  /** The visitor's secret (T1). */
  secret: (site: string) => `edgewise:${site}`,
  /** Set while there is something to come back for: the loader then loads the panel at once. */
  running: (site: string) => `edgewise:${site}:running`,
  /** When the visitor put the greeting away, or opened the panel. */
  greeted: (site: string) => `edgewise:${site}:greeted`,
  /** The language chosen in the panel. */
  locale: 'edgewise:locale',
  /** Set when the visitor wants no sound. */
  muted: 'edgewise:muted',
};

/** Whom the page has named; apart, for most pages name nobody and load nothing that reads it. */
export const personMark = (site: string) => `edgewise:${site}:person`;
/** What was typed into a form and not sent; apart, so that the loader need not carry it. */
export const formMark = (site: string): string => `edgewise:${site}:form`;

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
