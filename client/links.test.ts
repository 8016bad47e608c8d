import assert from 'node:assert/strict';
import { test } from 'node:test';
import { piecesOf } from './links.ts';

/** Links in square brackets, all else as it is. */
const marked = (text: string) =>
  piecesOf(text)
    .map((piece) => (piece.href === null ? piece.text : `[${piece.text}]`))
    .join('');

test('only http, https, mailto, tel and www become links; punctuation stays outside', () => {
  const cases: [string, string][] = [
    ['plain text', 'plain text'],
    ['see https://a.example/b?c=d#e now', 'see [https://a.example/b?c=d#e] now'],
    ['(http://a.example).', '([http://a.example]).'],
    ['https://a.example/x_(y) and', '[https://a.example/x_(y)] and'],
    ['看https://a.example/页\uff0c然后\u3002', '看[https://a.example/页]\uff0c然后\u3002'],
    ['mailto:me@a.example, tel:+49123!', '[mailto:me@a.example], [tel:+49123]!'],
    ['www.a.example', '[www.a.example]'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['data:text/html,x vbscript:x file:///etc', 'data:text/html,x vbscript:x file:///etc'],
    ['<a href="https://a.example">', '<a href="[https://a.example]">'],
    ['https://', 'https://'],
    ['', ''],
  ];
  for (const [text, expected] of cases) assert.equal(marked(text), expected);
});

test('nothing of the text is lost, and www gets a scheme', () => {
  const text = 'a www.b.example c https://d.example.';
  const pieces = piecesOf(text);
  assert.equal(pieces.map((piece) => piece.text).join(''), text);
  assert.equal(pieces[1]?.href, 'https://www.b.example');
});
