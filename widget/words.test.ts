import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRtl, type Locale, names, speak } from './locale.ts';
import { around, filing, picking, seldom, wholeAround } from './seldom.ts';
import { wordsOf } from './speech.ts';
import { count, en, fill, type Plural } from './words.ts';

const english = { ...en, ...seldom, ...around, ...filing, ...picking };

const locales = Object.keys(names) as Locale[];

/** Where values go, in each form of a text. */
const places = (text: string) => text.split('{}').length - 1;

for (const locale of locales) {
  test(`${locale} says everything, in every form that its numbers need`, async () => {
    const words = locale === 'en' ? english : await wordsOf(locale);
    assert.notEqual(words, en);
    assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
    assert.equal(words.open, names[locale]);
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(words) as [keyof typeof english, string | Plural][]) {
      if (typeof text === 'string') {
        assert.notEqual(text.trim(), '', key);
        assert.equal(places(text), places(english[key] as string), `${key} has its value`);
      } else {
        assert.deepEqual(Object.keys(text).sort(), [...forms].sort(), `${key} has its forms`);
        assert.ok(places(text.other) === 1, key);
      }
    }
  });
}

test('numbers choose the form that the language has for them', async () => {
  const russian = wholeAround(await wordsOf('ru')).unread;
  const said = [1, 2, 5, 21].map((number) => count(russian, number, 'ru'));
  assert.deepEqual(said, [
    '1 новое сообщение',
    '2 новых сообщения',
    '5 новых сообщений',
    '21 новое сообщение',
  ]);
  const arabic = wholeAround(await wordsOf('ar')).unread;
  assert.equal(count(arabic, 2, 'ar'), 'رسالتان جديدتان');
  assert.equal(count(around.unread, 1, 'en'), '1 new message');
});

test('a name is put in as it is', () => {
  assert.equal(fill('{} is here', '$& {}'), '$& {} is here');
});

test('what is written from right to left', () => {
  assert.deepEqual(locales.filter(isRtl), ['ar', 'he']);
});

test('the first wish that can be met is met, else it is English', () => {
  const cases: [(string | null | undefined)[], Locale][] = [
    [[], 'en'],
    [[null, undefined, 'sv', 'fr-CA'], 'fr'],
    [['sv', 'zh-CN', 'en'], 'zh-CN'],
    [['zh-Hant-HK'], 'zh-TW'],
    [['zh-Hans-TW'], 'zh-CN'],
    [['zh'], 'zh-CN'],
    [['pt-PT'], 'pt-BR'],
    [['he-IL'], 'he'],
    [['EN-gb', 'zh'], 'en'],
    [['', 'no tag at all', 'arn-CL', 'ja-JP'], 'ja'],
  ];
  for (const [wishes, expected] of cases) assert.equal(speak(wishes), expected);
});
