/**
 * How files come into the chat: by the button, by pasting, by dropping. What sends and shows them
 * is loaded with the first.
 */
import { acceptOf } from '../client/files.ts';
import { wholeAround } from './seldom.ts';
import type { State } from './state.ts';
import type { Acts, Button } from './view.tsx';

const CLIP =
  'M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8' +
  'L9.6 17.3a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7';

/** The button, where the site takes files. */
export function attach({ rules, words }: State, acts: Acts): Button[] {
  const { attach: name } = wholeAround(words);
  return rules ? [{ name, path: CLIP, act: () => choose(acts) }] : [];
}

/** Takes what is pasted or dropped, where the site takes files. */
export function takeOffered(acts: Acts, signal: AbortSignal): void {
  const { box } = acts;
  const all = { signal };
  const open = () => !!acts.state().rules;
  box.addEventListener(
    'paste',
    (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || !open()) return;
      event.preventDefault();
      void bring(acts, files);
    },
    all,
  );
  const offered = ({ items }: DataTransfer) => [...items].some(({ kind }) => kind === 'file');
  const over = (event: DragEvent, on: boolean) => {
    if (!open() || !event.dataTransfer || !offered(event.dataTransfer)) return false;
    event.preventDefault();
    box.classList.toggle('drop', on);
    return true;
  };
  box.addEventListener('dragover', (event) => over(event, true), all);
  box.addEventListener(
    'dragleave',
    (event) => {
      if (!box.contains(event.relatedTarget as Node | null)) box.classList.remove('drop');
    },
    all,
  );
  box.addEventListener(
    'drop',
    (event) => {
      if (over(event, false)) void bring(acts, [...(event.dataTransfer?.files ?? [])]);
    },
    all,
  );
}

function choose(acts: Acts): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  const { rules } = acts.state();
  if (rules) input.accept = acceptOf(rules);
  // Kept in the page: Safari drops the event of one that is not.
  input.hidden = true;
  acts.box.append(input);
  input.onchange = () => {
    input.remove();
    void bring(acts, [...(input.files ?? [])]);
  };
  input.oncancel = () => input.remove();
  input.click();
}

async function bring(acts: Acts, files: File[]): Promise<void> {
  await acts.show('files');
  await acts.state().files?.take(files);
}
