/** One picture over the whole window, until Escape, the button, or a press beside it. */
import { save } from '../client/files.ts';
import { draw } from './jsx.ts';
import type { wholeFiling } from './seldom.ts';
import { fill } from './words.ts';

type Words = ReturnType<typeof wholeFiling>;

export class Lightbox {
  readonly #dialog = document.createElement('dialog');

  constructor(box: HTMLElement) {
    const dialog = this.#dialog;
    dialog.className = 'lightbox';
    // The panel below it hears Escape, too.
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog) dialog.close();
    });
    box.append(dialog);
  }

  async show(name: string, load: () => Promise<Blob>, words: Words): Promise<void> {
    const dialog = this.#dialog;
    const saved = async () => save(await load(), name);
    dialog.ariaLabel = name;
    draw(dialog, [
      <canvas role="img" aria-label={name} />,
      <p>
        <button type="button" class="plain" onClick={() => void saved().catch(Boolean)}>
          {fill(words.save, name)}
        </button>
        <button type="button" class="plain" onClick={() => dialog.close()}>
          {words.shut}
        </button>
      </p>,
    ]);
    const canvas = dialog.querySelector('canvas') as HTMLCanvasElement;
    // Not the one that was there before.
    canvas.width = 0;
    dialog.showModal();
    const bitmap = await load()
      .then(createImageBitmap)
      .catch(() => null);
    if (!bitmap) return dialog.close();
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
}
