/** What the page says of its visitor: who it is, and what else agents are told. */
import type { About } from '../client/frames.ts';
import { aboutOf } from './about.ts';
import type { Config } from './types.ts';
import type { Acts } from './view.tsx';

export type Teller = {
  acts: Acts;
  /** The conversation is to be told. */
  moved: () => void;
  /** Opens the chat once more, for another visitor or after a refusal. */
  again: () => void;
};

export class Said {
  about: About | undefined;
  readonly #teller: Teller;
  /** What had been said of the visitor when the settings changed last. */
  #before: unknown[] = [];
  /** One change is heeded after the other. */
  #heeding: Promise<unknown> = Promise.resolve();

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  /** The settings have changed: perhaps the page says who the visitor is, or what of them. */
  heed(config: Config): void {
    const before = this.#before;
    this.#before = [config.attributes, ...(config.said ?? [])];
    // What was said of one person is nothing of the next.
    const forget = () => {
      config.said = config.said?.filter((one) => !before.includes(one));
      if (before.includes(config.attributes)) config.attributes = undefined;
    };
    this.#heeding = this.#heeding.then(() => this.#take(config, forget)).catch(Boolean);
  }

  async #take(config: Config, forget: () => void): Promise<void> {
    if (config.token || config.proof) {
      const identity = await import('./identity.ts').catch(() => undefined);
      await identity?.heed(config, this.#teller, forget);
    }
    const about = aboutOf(config);
    if (JSON.stringify(about) === JSON.stringify(this.about)) return;
    this.about = about;
    this.#teller.moved();
  }
}
