/**
 * The logo of the site and the faces of its team. They are drawn on canvases, so that no policy of
 * the page has to allow pictures.
 */
import type { AgentRef } from '../client/frames.ts';
import type { State } from './state.ts';
import type { Config } from './types.ts';

type FaceProps = { agent: AgentRef; state: State };

/** The first letter of a name, below the picture if there is one. */
export function Face({ agent, state }: FaceProps) {
  const picture = state.lobby?.pictures.faces[agent.id];
  return (
    <span class="face" key={agent.id} aria-hidden="true">
      {[...agent.name][0]}
      {picture && <canvas data-picture-id={picture} />}
    </span>
  );
}

export function Logo({ state }: { state: State }) {
  const picture = state.lobby?.pictures.logo;
  return picture ? <canvas class="logo" data-picture-id={picture} /> : null;
}

/** Who is there, as long as nobody has written. */
export function Team({ state }: { state: State }) {
  const { chat, lobby, locale } = state;
  const team = chat?.lastSeq ? [] : (lobby?.team ?? []);
  if (team.length === 0) return null;
  const names = new Intl.ListFormat(locale).formatToParts(team.map(({ name }) => name));
  return (
    <p class="team" aria-live="off">
      <span class="faces">
        {team.map((agent) => (
          <Face agent={agent} state={state} />
        ))}
      </span>
      <span>
        {names.map(({ type, value }) => (type === 'element' ? <bdi>{value}</bdi> : value))}
      </span>
    </p>
  );
}

/** Paints what is in the box, and whatever comes into it, until `signal` ends it. */
export function keepPainted(box: Element, config: () => Config, signal: AbortSignal): void {
  const observer = new MutationObserver(() => {
    for (const canvas of box.querySelectorAll<HTMLCanvasElement>('canvas[data-picture-id]')) {
      const { pictureId = '', painted = '' } = canvas.dataset;
      if (pictureId === painted) continue;
      canvas.dataset.painted = pictureId;
      const { base, site } = config();
      void paint(canvas, `${base}/api/pictures/${site}/${pictureId}`);
    }
  });
  const seen = { attributeFilter: ['data-picture-id'], childList: true, subtree: true };
  observer.observe(box, seen);
  signal.addEventListener('abort', () => observer.disconnect());
}

/** Without its picture a face stays a letter. */
async function paint(canvas: HTMLCanvasElement, address: string): Promise<void> {
  // Empties it, too.
  canvas.width = 0;
  const answer = await fetch(address).catch(() => undefined);
  if (!answer?.ok) return;
  const bitmap = await createImageBitmap(await answer.blob()).catch(() => undefined);
  if (!bitmap) return;
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
}
