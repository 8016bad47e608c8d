/**
 * What stands around the thread, and is loaded beside the panel, which works without it: who is
 * there, with their faces, what goes on in the queue, and what page.ts does.
 */
import { Face, Logo } from './faces.tsx';
import css from './lobby.css';
import { hint, presence } from './situation.ts';
import type { State } from './state.ts';

export { Attach } from './attach.tsx';
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
