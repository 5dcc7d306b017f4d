import { expect, it } from 'vitest';
import type { TypeChoice } from '../gen/TypeChoice';
import { sameType, TYPE_NAMES, typeArgument, typeChoice, typeIn, typeLabel, typeName } from './columnForms';

it.each<[TypeChoice, string]>([
  [{ kind: 'integer', form: null }, 'int'],
  [{ kind: 'datetime', form: null }, 'datetime'],
  [{ kind: 'text', form: { form: 'category', levels: ['a'], ordered: false } }, 'category'],
  [{ kind: 'float', form: { form: 'decimal', precision: 18, scale: 2 } }, 'decimal(18,2)'],
  [{ kind: 'datetime', form: { form: 'zone', name: 'UTC' } }, 'datetime(UTC)'],
])('%j is written %s', (choice, label) => {
  expect(typeLabel(choice)).toBe(label);
  expect(typeArgument('price', choice)).toBe(`price=${label}`);
});

it('every name is the name of its choice', () => {
  for (const name of TYPE_NAMES) expect(typeName(typeChoice(name))).toBe(name);
});

it('a profile says the form that its schema knows', () => {
  const schema = [{ name: 'price', nullable: false, ...typeChoice('decimal', 10, 2) }];
  expect(typeIn(schema, { name: 'price', kind: 'float' })).toBe('decimal(10,2)');
  expect(typeIn(schema, { name: 'cost', kind: 'float' })).toBe('float');
});

it('digits and zones make another type, levels do not', () => {
  expect(sameType(typeChoice('decimal', 10, 2), typeChoice('decimal', 10, 3))).toBe(false);
  expect(sameType(typeChoice('zone', 0, 0, 'UTC'), typeChoice('zone', 0, 0, 'Europe/Rome'))).toBe(false);
  expect(
    sameType(typeChoice('category'), { kind: 'text', form: { form: 'category', levels: ['x'], ordered: true } }),
  ).toBe(true);
});
