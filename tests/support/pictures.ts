// Files for tests of attachments, made by hand: small, and each what it claims to be or not.

import { deflateSync } from 'node:zlib';
import type { Locator } from 'playwright-core';
import { until } from './live.ts';

const sum = new Uint32Array(256).map((_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = (sum[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length);
  ends.writeInt32BE(~crc, 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** A PNG that does not become smaller by being packed, as a photograph does not. */
export function noise(width: number, height: number): Buffer {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  };
  const row = () => Buffer.from([0, ...Array.from({ length: width * 3 }, next)]);
  return packed(width, height, Buffer.concat(Array.from({ length: height }, row)));
}

/** A PNG of one colour; with `more` chunks behind its data. */
export function png(width: number, height: number, more: [string, string][] = []): Buffer {
  const row = Buffer.alloc(1 + width * 3, 0x77);
  row[0] = 0;
  return packed(width, height, Buffer.concat(Array.from({ length: height }, () => row)), more);
}

function packed(
  width: number,
  height: number,
  rows: Buffer,
  more: [string, string][] = [],
): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    ...more.map(([kind, text]) => chunk(kind, Buffer.from(text))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A picture that says where it was taken. */
export const telling = (): Buffer => png(4, 3, [['eXIf', 'MM\0*a place']]);

export const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
export const PDF = '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n';

/** Waits until a canvas shows the grey of which the pictures are. */
export async function painted(canvas: Locator): Promise<void> {
  const grey = () =>
    canvas.evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      if (width < 2) return false;
      const pen = (element as HTMLCanvasElement).getContext('2d');
      const [red = 0, , , solid] = pen?.getImageData(width >> 1, height >> 1, 1, 1).data ?? [];
      return solid === 255 && Math.abs(red - 0x77) < 4;
    });
  await until('the picture', grey);
}
