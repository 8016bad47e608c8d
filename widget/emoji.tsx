/** A handful of emoji, for keyboards that have none. */
import css from './emoji.css';
import { wholePicking } from './seldom.ts';
import type { State } from './state.ts';
import type { Acts } from './view.tsx';

const EMOJI = [
  '😀 😄 😂 🙂 😉 😊 😍 🤩 😎 🤔 😅 😢 😭 😡 😴 🤗 🙄 😬 👍 👎 👏 🙏 🙌 👋',
  '💪 ✌️ 👌 🤝 ❤️ 💔 🎉 ✨ ⭐ 🔥 ✅ ❌ ❓ ❗ 📎 📦 🚚 🛒 💳 🏠 ☀️ 🌙 ☕ 🍀',
];

export { css };

export function draw({ state, acts }: { state: State; acts: Acts }) {
  return (
    <fieldset class="emoji" aria-label={wholePicking(state.words).emoji}>
      {EMOJI.join(' ')
        .split(' ')
        .map((one) => (
          <button type="button" class="plain" onClick={() => insert(acts, one)}>
            {one}
          </button>
        ))}
    </fieldset>
  );
}

/** Puts an emoji where the cursor is. */
function insert({ box, write }: Acts, text: string): void {
  const field = box.querySelector('textarea');
  if (!field) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  write(field);
}
