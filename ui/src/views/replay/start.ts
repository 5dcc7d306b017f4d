// What the dialog asks before a log is replayed, and the command that does the same.

import { quote } from '../../domain/command';
import { fileName } from '../../domain/importing.svelte';
import type { DatasetSummary } from '../../gen/DatasetSummary';
import type { LogMapping } from '../../gen/LogMapping';
import type { ModelSummary } from '../../gen/ModelSummary';
import type { Policy } from '../../gen/Policy';
import type { WindowSpec } from '../../gen/WindowSpec';

/** What a log is held against: `price@3` and the rows that it was trained on, or those of `prices@2`; or that data set alone. */
export type Against = { model: string; reference?: string } | { reference: string };

export interface StartFields {
  against: Against;
  window: string;
  mapping: LogMapping;
  challengers?: readonly string[];
  /** The mapping is the one that was kept of such a log. */
  isRemembered?: boolean;
}

/** Nothing said: the host finds out what it can. */
export const NO_MAPPING: LogMapping = { timestamp: null, label: null, prediction: null };

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

const FLAGS = [
  ['timestamp', 'timestamp'],
  ['time_format', 'time-format'],
  ['zone', 'zone'],
  ['version', 'version-column'],
  ['features', 'features'],
  ['label', 'label'],
  ['prediction', 'prediction'],
  ['probability', 'probability'],
  ['latency', 'latency'],
  ['id', 'id'],
] as const;

export function startCommand(logs: readonly string[], fields: StartFields): string {
  const { against, mapping, window, challengers = [], isRemembered = false } = fields;
  const { labels } = mapping;
  const flag = (name: string, value: string | number | null | undefined) =>
    value === null || value === undefined || value === '' ? [] : [`--${name} ${quote(String(value))}`];
  const files = logs.length > 0 ? logs.map(quote).join(' ') : 'log.csv';
  return [
    `assay replay ${files}`,
    ...('model' in against ? flag('model', against.model) : []),
    ...flag('reference', against.reference),
    ...flag('window', window.trim()),
    ...(isRemembered ? ['--as-before'] : []),
    ...FLAGS.flatMap(([field, name]) => flag(name, mapping[field])),
    ...Object.entries(mapping.renamed ?? {}).flatMap(([column, found]) => flag('renamed', `${column}=${found}`)),
    ...flag('labels', labels && fileName(labels.path)),
    // With labels in a file of their own, `--label` is a column of that file.
    ...(labels && !mapping.label ? flag('label', labels.label) : []),
    ...flag('label-id', labels?.id),
    ...flag('label-time', labels?.timestamp),
    ...flag('tolerance', labels?.tolerance_secs),
    ...challengers.flatMap((name) => flag('challenger', name)),
  ].join(' ');
}

/** The newest version of each data set. */
export function datasetChoices(datasets: readonly DatasetSummary[]): { value: string; text: string }[] {
  return datasets.map(({ latest }) => {
    const value = `${latest.dataset}@${latest.version}`;
    return { value, text: value };
  });
}

/** Rules of training again that are asked for; never doing it is what they are measured by. */
export function retrainPolicies(every: string, onAlert: boolean): Policy[] {
  const n = Number(every.trim());
  const policies: Policy[] = [
    ...(every.trim() !== '' && Number.isInteger(n) && n > 0 ? [{ kind: 'every' as const, n_windows: n }] : []),
    ...(onAlert ? [{ kind: 'on_alert' as const, rest_windows: 0 }] : []),
  ];
  return policies.length > 0 ? [{ kind: 'never' }, ...policies] : [];
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
