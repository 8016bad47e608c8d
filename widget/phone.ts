/** A phone: the panel fills its screen, and gives way to its keyboard and to its *back* button. */

/** Below this width the panel fills the screen; panel.css says the same. */
const PHONE = '(width < 480px)';

export class Phone {
  readonly #page = new AbortController();
  readonly #box: HTMLElement;
  /** What the page said of its own scrolling; undefined while the panel does not cover it. */
  #overflow: string | undefined;

  constructor(box: HTMLElement, close: () => void) {
    this.#box = box;
    const { signal } = this.#page;
    addEventListener('popstate', () => this.#overflow !== undefined && close(), { signal });
    // The keyboard of a phone covers the page without changing its size.
    const view = visualViewport as VisualViewport;
    const fit = () => {
      // Zoomed in, the visitor moves around in the panel as it is.
      if (view.scale > 1) return;
      box.style.setProperty('--height', `${view.height}px`);
      box.style.setProperty('--top', `${view.offsetTop}px`);
    };
    view.addEventListener('resize', fit, { signal });
    view.addEventListener('scroll', fit, { signal });
    fit();
  }

  /** The page behind an open panel stands still, and *back* closes the panel. */
  cover(open: boolean): void {
    const { style } = document.documentElement;
    if (open && this.#overflow === undefined && matchMedia(PHONE).matches) {
      this.#overflow = style.overflow;
      this.#modal(true);
      style.overflow = 'hidden';
      // Routers keep their own state in there: it goes along.
      if (!isOurs()) history.pushState({ ...history.state, edgewise: true }, '');
    } else if (!open && this.#overflow !== undefined) {
      style.overflow = this.#overflow;
      this.#overflow = undefined;
      this.#modal(false);
      if (isOurs()) history.back();
    }
  }

  /** Whether there is nothing but the panel to be read. */
  #modal(on: boolean): void {
    const panel = this.#box.querySelector('.panel');
    if (panel) panel.ariaModal = `${on}`;
  }

  leave(): void {
    this.cover(false);
    this.#page.abort();
  }
}

function isOurs(): boolean {
  return history.state?.edgewise === true;
}
