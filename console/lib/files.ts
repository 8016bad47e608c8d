// How a bubble gets at the files of the conversation it is in.

import type { InjectionKey } from 'vue';
import type { Files } from '../../client/files.ts';
import { smallSide } from '../../client/frames.ts';

export const FILES: InjectionKey<() => Files | undefined> = Symbol('files');

/**
 * The canvas of a picture: its place is the right one before it is there. It has as many pixels as
 * the small version, about twice what is seen, for screens that show them finer.
 */
export function fit(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, smallSide / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}
