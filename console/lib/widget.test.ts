import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WidgetSettings } from '../../client/frames.ts';
import { answersText, newField, phraseOf, snippetWith, widgetForm, widgetOf } from './widget.ts';

const nothing = { fields: [], consent: { text: '', others: {} } };
const settings: WidgetSettings = {
  color: '#0b7285',
  greeting: 'Need a hand?',
  hide_team: true,
  before: {
    fields: [
      {
        id: 'name',
        kind: 'name',
        required: true,
        label: { text: '', others: {} },
        choices: [],
      },
      {
        id: 'size',
        kind: 'choice',
        required: false,
        label: { text: 'Size', others: { de: 'Größe', 'pt-BR': 'Tamanho' } },
        choices: [
          { value: 'Small', label: { text: 'Small', others: { de: 'Klein' } } },
          { value: 'Large', label: { text: 'Large', others: {} } },
        ],
      },
      {
        id: 'department',
        kind: 'department',
        required: false,
        label: { text: '', others: {} },
        choices: [{ value: 'sales', label: { text: 'Sales', others: {} } }],
      },
    ],
    consent: { text: 'Keep it', others: { de: 'Behalten' } },
  },
  away: nothing,
};

test('A15 settings survive the form, and departments are offered as they are named now', () => {
  const departments = [{ id: 'sales', name: 'Sales' }];
  assert.deepEqual(widgetOf(widgetForm(settings), departments), settings);
  const [, , field] = widgetOf(widgetForm(settings), [{ id: 'help', name: '' }]).before.fields;
  assert.deepEqual(field?.choices, [{ value: 'help', label: { text: 'help', others: {} } }]);
});

test('lines that name no language are no matter', () => {
  assert.deepEqual(phraseOf(' Name ', 'de: Ihr Name: voll\nno language\n: x\nfr：Nom'), {
    text: 'Name',
    others: { de: 'Ihr Name: voll', fr: 'Nom' },
  });
});

test('a new field has an id that no other has', () => {
  assert.equal(newField('text', []).id, 'text');
  assert.equal(newField('text', ['text', 'text-2']).id, 'text-3');
});

test('the snippet carries what the launcher must know, whatever is written in it', () => {
  const form = { ...widgetForm(settings), greeting: ' "Hi" & <b> ' };
  assert.equal(
    snippetWith('https://chat.example', 'shop', form),
    '<script async src="https://chat.example/widget.js" data-site="shop" ' +
      'data-color="#0b7285" data-greeting="&quot;Hi&quot; &amp; <b>"></script>',
  );
  const plain = snippetWith('https://chat.example', 'shop', { ...form, color: '', greeting: '' });
  assert.ok(plain.endsWith('data-site="shop"></script>'));
});

test('answers have their question in front where it is the owner’s own', () => {
  const answers = [
    { kind: 'name', label: '', text: 'Vik' },
    { kind: 'text', label: 'About', text: 'Lamps' },
  ] as const;
  assert.equal(answersText(answers), 'Vik\nAbout: Lamps');
});
