// Types of columns as they are written everywhere, and as a person may choose them.

import type { Column } from '../gen/Column';
import type { ColumnType } from '../gen/ColumnType';
import type { Form } from '../gen/Form';
import type { TypeChoice } from '../gen/TypeChoice';

const KIND_WORDS: Record<ColumnType, string> = {
  integer: 'int',
  float: 'float',
  boolean: 'bool',
  text: 'text',
  date: 'date',
  datetime: 'datetime',
};

/** What a person chooses from; the last two ask for more than their name. */
export const TYPE_NAMES = ['int', 'float', 'bool', 'text', 'date', 'datetime', 'category', 'decimal', 'zone'] as const;

export type TypeName = (typeof TYPE_NAMES)[number];

/** `int`, `category`, `decimal(18,2)`, `datetime(UTC)`. */
export function typeLabel({ kind, form }: Pick<Column, 'kind' | 'form'>): string {
  switch (form?.form) {
    case undefined:
      return KIND_WORDS[kind];
    case 'category':
      return 'category';
    case 'decimal':
      return `decimal(${form.precision},${form.scale})`;
    case 'zone':
      return `datetime(${form.name})`;
  }
}

/** The type of a column of which only the profile is at hand: its form stands in the schema. */
export function typeIn(columns: readonly Column[], { name, kind }: { name: string; kind: ColumnType }): string {
  return typeLabel(columns.find((column) => column.name === name && column.kind === kind) ?? { kind, form: null });
}

/** The name under which a type stands in the list of choices. */
export function typeName({ kind, form }: Pick<Column, 'kind' | 'form'>): TypeName {
  if (form) return form.form;
  return KIND_WORDS[kind] as TypeName;
}

/** The choice that a name stands for; `precision` and `scale` count digits, `zone` is a name such as `Europe/Berlin`. */
export function typeChoice(name: TypeName, precision = 18, scale = 2, zone = 'UTC'): TypeChoice {
  switch (name) {
    case 'category':
      return { kind: 'text', form: { form: 'category', levels: [], ordered: false } };
    case 'decimal':
      return { kind: 'float', form: { form: 'decimal', precision, scale } };
    case 'zone':
      return { kind: 'datetime', form: { form: 'zone', name: zone } };
    default:
      return { kind: kindOf(name), form: null };
  }
}

/** The same type, whatever the levels of a category. */
export function sameType(a: Pick<Column, 'kind' | 'form'>, b: Pick<Column, 'kind' | 'form'>): boolean {
  return typeLabel(a) === typeLabel(b);
}

/** `price=decimal(18,2)`, as the command line takes it. */
export function typeArgument(column: string, choice: { kind: ColumnType; form: Form | null }): string {
  return `${column}=${typeLabel(choice)}`;
}

function kindOf(word: string): ColumnType {
  const found = Object.entries(KIND_WORDS).find(([, own]) => own === word);
  return (found?.[0] as ColumnType | undefined) ?? 'text';
}
