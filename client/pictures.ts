/**
 * What is sent of a picture: what it shows, and nothing else. Cameras write into it where, when and
 * by whom it was taken; that is taken out here, before the picture leaves the browser.
 */

/** Longer sides are made shorter, where a picture has to be drawn anew anyway. */
const MOST_PX = 2_560;
/** A picture from a camera is drawn anew when it is larger: it is to be seen, not printed. */
const LARGE_BYTES = 2 * 1024 * 1024;
const QUALITY = 0.88;

type Cut = [from: number, to: number];
type Bytes = Uint8Array<ArrayBuffer>;

/** The file as it is to be sent. What is no picture stays as it is. */
export async function prepared(file: Blob): Promise<Blob> {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const kind = kindOf(head);
  if (!kind || kind === 'image/gif') return file;
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (kind === 'image/jpeg' && (isTurned(bytes) || bytes.length > LARGE_BYTES)) {
    const drawn = await redrawn(file).catch(() => null);
    if (drawn) return stripped(new Uint8Array(await drawn.arrayBuffer()), kind);
  }
  return stripped(bytes, kind);
}

/** Width and height, as far as the browser can show it. */
export async function sizeOf(file: Blob): Promise<{ width: number; height: number } | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

/** Whether the bytes claim to be a picture that can be shown. */
export async function isPicture(file: Blob): Promise<boolean> {
  return kindOf(new Uint8Array(await file.slice(0, 16).arrayBuffer())) !== null;
}

/** Draws a picture over all of a canvas. No policy has to allow that, as it would an `img`. */
export async function paint(canvas: HTMLCanvasElement, picture: Blob): Promise<void> {
  const { width, height } = canvas;
  const quality = { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' } as const;
  const bitmap = await createImageBitmap(picture, quality);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
}

/** The picture with at most so many pixels on its longer side; with `square`, of its middle. */
export async function smaller(file: Blob, side: number, square = false): Promise<Blob | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const { width, height } = bitmap;
  const shorter = Math.min(width, height);
  const [wide, high] = square ? [shorter, shorter] : [width, height];
  const scale = Math.min(1, side / Math.max(wide, high));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(wide * scale)),
    Math.max(1, Math.round(high * scale)),
  );
  const pen = canvas.getContext('2d');
  if (pen) pen.imageSmoothingQuality = 'high';
  const [left, top] = [(width - wide) / 2, (height - high) / 2];
  pen?.drawImage(bitmap, left, top, wide, high, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  // Browsers that cannot write WebP write PNG.
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
}

function kindOf(head: Uint8Array): string | null {
  const text = String.fromCharCode(...head);
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('GIF8')) return 'image/gif';
  return /^RIFF.{4}WEBP/s.test(text) ? 'image/webp' : null;
}

async function redrawn(file: Blob): Promise<Blob> {
  // The turn that EXIF tells is made here.
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MOST_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  );
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

/** Whether a JPEG may say that it has to be turned: then its bits alone would not be enough. */
function isTurned(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 64)).includes('Exif\0');
}

/** A copy without what only tells. What cannot be read stays whole; the worker refuses it. */
export function stripped(bytes: Bytes, type: string): Blob {
  const cuts =
    type === 'image/jpeg' ? jpeg(bytes) : type === 'image/png' ? png(bytes) : webp(bytes);
  const parts: Bytes[] = [];
  let at = 0;
  for (const [from, to] of cuts) {
    parts.push(bytes.subarray(at, from));
    at = to;
  }
  parts.push(bytes.subarray(at));
  if (type === 'image/webp' && cuts.length > 0) shrink(parts);
  return new Blob(parts, { type });
}

function jpeg(bytes: Bytes): Cut[] {
  const cuts: Cut[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 2;
  while (at + 3 < bytes.length) {
    const kind = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || kind === 0 || (kind >= 0xd0 && kind <= 0xd7) || kind === 0xff) {
      // Within the picture's bits.
      at += bytes[at] === 0xff && kind !== 0xff ? 2 : 1;
      continue;
    }
    if (kind === 0xd9) break;
    const end = at + 2 + view.getUint16(at + 2);
    const profile = kind === 0xe2 && startsWith(bytes, at + 4, 'ICC_PROFILE\0');
    const tells = (kind >= 0xe1 && kind <= 0xef && kind !== 0xee) || kind === 0xfe;
    if (tells && !profile) cuts.push([at, end]);
    at = end;
  }
  const end = bytes[at] === 0xff && bytes[at + 1] === 0xd9 ? at + 2 : bytes.length;
  if (end < bytes.length) cuts.push([end, bytes.length]);
  return cuts;
}

const SHOWN = 'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP bKGD pHYs sBIT acTL fcTL fdAT';

function png(bytes: Bytes): Cut[] {
  const cuts: Cut[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + view.getUint32(at);
    if (!SHOWN.includes(kind)) cuts.push([at, end]);
    if (kind === 'IEND' && end < bytes.length) cuts.push([end, bytes.length]);
    at = kind === 'IEND' ? bytes.length : end;
  }
  return cuts;
}

function webp(bytes: Bytes): Cut[] {
  const cuts: Cut[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = 8 + view.getUint32(4, true);
  for (let at = 12; at + 8 <= Math.min(whole, bytes.length); ) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    if (!/^(VP8[ LX]|ANIM|ANMF|ALPH|ICCP)$/.test(text(bytes, at, 4))) cuts.push([at, end]);
    at = end;
  }
  if (whole < bytes.length) cuts.push([whole, bytes.length]);
  return cuts;
}

/** What is gone is not counted and not announced any more. */
function shrink(parts: Bytes[]): void {
  const first = new Uint8Array(parts[0] ?? []);
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  new DataView(first.buffer).setUint32(4, bytes - 8, true);
  const flags = 20;
  if (text(first, 12, 4) === 'VP8X') first[flags] = (first[flags] ?? 0) & ~0x0c;
  parts[0] = first;
}

const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

const startsWith = (bytes: Uint8Array, at: number, wanted: string): boolean =>
  text(bytes, at, wanted.length) === wanted;
