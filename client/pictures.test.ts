import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepared, stripped } from './pictures.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const bytes = (text: string): Bytes => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const textOf = async (blob: Blob): Promise<string> =>
  String.fromCharCode(...new Uint8Array(await blob.arrayBuffer()));
const big = (number: number, length: number): string =>
  Array.from({ length }, (_, at) =>
    String.fromCharCode((number >> (8 * (length - 1 - at))) & 255),
  ).join('');
const little = (number: number): string => [...big(number, 4)].reverse().join('');

const segment = (kind: string, data: string): string =>
  `\xff${kind}${big(data.length + 2, 2)}${data}`;
const chunk = (kind: string, data: string): string => `${big(data.length, 4)}${kind}${data}sums`;
const riff = (kind: string, data: string): string =>
  `${kind}${little(data.length)}${data}${'\0'.repeat(data.length % 2)}`;
const box = (chunks: string): string => `RIFF${little(chunks.length + 4)}WEBP${chunks}`;

const jfif = segment('\xe0', 'JFIF\0');
const colours = segment('\xe2', 'ICC_PROFILE\0colours');
const bits = `${segment('\xda', 'scan')}bits\xff\0\xff\xd0bits\xff\xd9`;

/** What is left of a picture, and that a second time takes nothing more. */
async function check(type: string, whole: string, wanted: string): Promise<void> {
  const once = await textOf(stripped(bytes(whole), type));
  assert.equal(once, wanted);
  assert.equal(await textOf(stripped(bytes(once), type)), wanted);
}

test('a JPEG loses EXIF, XMP, IPTC, comments, other pictures, and what is behind it', async () => {
  const tells = [
    segment('\xe1', 'Exif\0\0place'),
    segment('\xe1', 'http://ns.adobe.com/xap/1.0/\0xmp'),
    segment('\xe2', 'MPF\0another'),
    segment('\xed', 'iptc'),
    segment('\xfe', 'by me'),
  ];
  const whole = `\xff\xd8${jfif}${tells.join('')}${colours}${bits}a film`;
  await check('image/jpeg', whole, `\xff\xd8${jfif}${colours}${bits}`);
});

test('a PNG keeps what is seen only', async () => {
  const head = `\x89PNG\r\n\x1a\n${chunk('IHDR', 'size')}${chunk('gAMA', 'light')}`;
  const tells = chunk('eXIf', 'place') + chunk('tEXt', 'author') + chunk('iTXt', 'xmp');
  const end = chunk('IEND', '');
  const whole = `${head}${tells}${chunk('IDAT', 'bits')}${chunk('tIME', 'when')}${end}more`;
  await check('image/png', whole, `${head}${chunk('IDAT', 'bits')}${end}`);
});

test('a WebP loses EXIF and XMP, and does not announce them any more', async () => {
  const extended = (flags: string) => riff('VP8X', `${flags}\0\0\0\x3f\x01\0\xef\0\0`);
  const shown = riff('ALPH', 'odd') + riff('VP8 ', 'bits');
  const tells = riff('EXIF', 'place') + riff('XMP ', 'xmp');
  const whole = `${box(extended('\x1c') + shown + tells)}more`;
  await check('image/webp', whole, box(extended('\x10') + shown));
});

test('what is no picture, or one that moves, stays as it is', async () => {
  for (const text of ['%PDF-1.7', 'GIF89a with its comment', '<svg/>', '']) {
    const file = new Blob([text]);
    assert.equal(await prepared(file), file, text);
  }
});

test('a picture that is cut off loses what it can, and nothing else', async () => {
  const whole = `\xff\xd8${jfif}${segment('\xe1', 'Exif\0\0place')}${bits}`;
  for (let length = 3; length < whole.length; length += 1) {
    const left = await textOf(stripped(bytes(whole.slice(0, length)), 'image/jpeg'));
    assert.ok(whole.startsWith(left.slice(0, 2)) && left.length <= length, `${length}`);
  }
});
