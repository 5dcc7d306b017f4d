// What the dialog asks before a log is replayed, and the command that does the same.

import { quote } from '../../domain/command';
import type { ModelSummary } from '../../gen/ModelSummary';
import type { WindowSpec } from '../../gen/WindowSpec';

export interface StartFields {
  model: string;
  timestamp: string;
  label: string;
  prediction: string;
  window: string;
}

/** `336` and `336 rows` mean rows; empty means that Assay chooses. */
export function parseWindow(text: string): { window: WindowSpec | null } | { problem: string } {
  const short = text.replaceAll(/\s+/g, '').toLowerCase();
  if (short === '') return { window: null };
  const [, digits, unit] = /^(\d+)(rows?|s|min|h|d|w)?$/.exec(short) ?? [];
  if (digits === undefined || Number(digits) === 0) return { problem: 'write for example 1000rows, 12h, 1d or 1w' };
  return { window: `${Number(digits)}${unit === undefined || unit === 'row' ? 'rows' : unit}` };
}

/** An empty field is null on the wire. */
export function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

export function startCommand(logs: readonly string[], fields: StartFields): string {
  const flags = (['timestamp', 'label', 'prediction', 'window'] as const).flatMap((name) =>
    fields[name].trim() === '' ? [] : [`--${name} ${quote(fields[name].trim())}`],
  );
  const files = logs.length > 0 ? logs.map(quote).join(' ') : 'log.csv';
  return [`assay replay ${files}`, `--model ${quote(fields.model)}`, ...flags].join(' ');
}

/** What can be replayed against, which is what was registered here: aliases first, because they say what is meant, then every newest version. */
export function modelChoices(models: readonly ModelSummary[]): { value: string; text: string }[] {
  return models.flatMap((model) => {
    const aliases = Object.entries(model.aliases)
      .filter(([, version]) => model.exported.includes(version))
      .map(([alias, version]) => ({
        value: `${model.model}@${alias}`,
        text: `${model.model}@${alias} (version ${version})`,
      }));
    const versions = model.exported.map((version) => {
      const value = `${model.model}@${version}`;
      return { value, text: version === model.latest?.version ? `${value}, ${model.latest.stage}` : value };
    });
    return [...aliases, ...versions];
  });
}
