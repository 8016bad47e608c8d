/** What the visitor is asked once a chat has ended. */
import { noteChars } from '../client/frames.ts';
import css from './rating.css';
import { whole } from './seldom.ts';
import type { State } from './state.ts';
import type { Acts } from './view.tsx';

export { css };

export function draw({ state, acts }: { state: State; acts: Acts }) {
  const words = whole(state.words);
  return (
    <form
      class="rating"
      onSubmit={(event) => {
        event.preventDefault();
        const said = new FormData(event.target as HTMLFormElement);
        const comment = String(said.get('comment'));
        acts.talk.say({ t: 'rate', good: said.get('good') === 'yes', comment });
      }}
    >
      <fieldset>
        <legend>{words.rate}</legend>
        <label>
          <input type="radio" name="good" value="yes" required />
          <span>👍 {words.good}</span>
        </label>
        <label>
          <input type="radio" name="good" value="no" required />
          <span>👎 {words.bad}</span>
        </label>
      </fieldset>
      <input
        type="text"
        name="comment"
        dir="auto"
        maxLength={noteChars}
        aria-label={words.comment}
        placeholder={words.comment}
      />
      <button type="submit" class="plain">
        {words.give}
      </button>
    </form>
  );
}
