/**
 * What stands around the thread: who is there, with their faces, what goes on in the queue, the
 * seldom buttons, and what page.ts does. It comes with the worker's first answer, when the panel
 * can be used already, and the panel works without it.
 */
import { attach } from './attach.tsx';
import { Face, Logo } from './faces.tsx';
import css from './lobby.css';
import { wholeAround, wholePicking } from './seldom.ts';
import { hint, presence } from './situation.ts';
import type { State } from './state.ts';
import type { Acts, Button } from './view.tsx';

export { Team } from './faces.tsx';
export { Page } from './page.ts';
export { situation, trouble } from './situation.ts';
export { css };

/** The site's name, and below it who answers, or whether anybody would. */
export function Title({ state }: { state: State }) {
  const { name, chat, lobby } = state;
  const agent = chat?.status?.is === 'assigned' && chat.status.agent;
  return (
    <div class="title around">
      {agent ? <Face agent={agent} state={state} /> : <Logo state={state} />}
      <div>
        <b>{name}</b>
        {agent && <span>{agent.name}</span>}
        {!agent && lobby && (
          // In one line, so that nothing moves when it comes: the dot says to the eye who is there.
          <span class={lobby.online ? 'presence online' : 'presence'}>
            <span class={hint(state) && 'unseen'}>{presence(state)}</span>
            {hint(state)}
          </span>
        )}
      </div>
    </div>
  );
}

const MORE = 'M5 12h.5M12 12h.5M19 12h.5';
const SMILE = 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14.5a4 4 0 0 0 7 0M9 9.5h.01M15 9.5h.01';

/** The button beside the name. */
export function menu({ words, extra }: State, acts: Acts): Button {
  const { more } = wholeAround(words);
  return { name: more, path: MORE, open: extra?.is === 'menu', act: () => acts.show('menu') };
}

/** The buttons beside the composer. */
export function tools(state: State, acts: Acts): Button[] {
  const { emoji } = wholePicking(state.words);
  const open = state.extra?.is === 'emoji';
  const smile = { name: emoji, path: SMILE, open, act: () => acts.show('emoji') };
  return [...attach(state, acts), smile];
}
