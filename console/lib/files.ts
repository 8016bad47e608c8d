// How a bubble gets at the files of the conversation it is in.

import type { InjectionKey } from 'vue';
import type { Files } from '../../client/files.ts';

export const FILES: InjectionKey<() => Files | undefined> = Symbol('files');

/** Pixels of a picture in the thread; twice what is seen, for screens that show them finer. */
const SIDE_PX = 560;

/** The canvas of a picture: its place is the right one before it is there. */
export function fit(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, SIDE_PX / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}
