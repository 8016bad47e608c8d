/** Links in what is written. Most chats have none. */
import { piecesOf } from '../client/links.ts';
import css from './links.css';
import type { Change } from './state.ts';

export { css };

export const begin = (): Change => ({ inside });

function inside(text: string) {
  return piecesOf(text).map((piece) =>
    piece.href ? (
      <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {piece.text}
      </a>
    ) : (
      piece.text
    ),
  );
}
