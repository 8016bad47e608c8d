/** A handful of emoji, for keyboards that have none. */
import css from './emoji.css';
import type { State } from './state.ts';
import type { Acts } from './view.tsx';

const EMOJI = [
  '😀 😄 😂 🙂 😉 😊 😍 🤩 😎 🤔 😅 😢 😭 😡 😴 🤗 🙄 😬 👍 👎 👏 🙏 🙌 👋',
  '💪 ✌️ 👌 🤝 ❤️ 💔 🎉 ✨ ⭐ 🔥 ✅ ❌ ❓ ❗ 📎 📦 🚚 🛒 💳 🏠 ☀️ 🌙 ☕ 🍀',
];

export { css };

export function draw({ state, acts }: { state: State; acts: Acts }) {
  return (
    <fieldset class="emoji" aria-label={state.words.emoji}>
      {EMOJI.join(' ')
        .split(' ')
        .map((one) => (
          <button type="button" class="plain" onClick={() => acts.insert(one)}>
            {one}
          </button>
        ))}
    </fieldset>
  );
}
