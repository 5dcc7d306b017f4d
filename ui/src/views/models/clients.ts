// Models that clients of the tracking API registered: which of their versions a route means, and what is said of one.

import type { RegisteredModel } from '../../gen/RegisteredModel';
import type { RegisteredVersion } from '../../gen/RegisteredVersion';

export interface ClientChoice {
  model: RegisteredModel;
  /** Null for a model without versions. */
  version: RegisteredVersion | null;
}

/** The client's version that a number, an alias or nothing (the newest) means; null for what Assay registered. */
export function clientChoice(model: RegisteredModel, selector: string | null): ClientChoice | null {
  const newest = model.versions[0];
  if (selector === null || selector === 'latest') {
    if (newest === undefined) return { model, version: null };
    return newest.origin.kind === 'client' ? { model, version: newest } : null;
  }
  const number = model.aliases[selector] ?? Number(selector);
  const found = model.versions.find(({ version }) => version === number);
  return found?.origin.kind === 'client' ? { model, version: found } : null;
}

export interface Fact {
  name: string;
  value: string;
  mono?: boolean;
  title?: string;
}

/** What its client said of a version. */
export function clientFacts({ origin, description }: RegisteredVersion): Fact[] {
  if (origin.kind !== 'client') return [];
  return [
    ...(description === '' ? [] : [{ name: 'description', value: description, title: description }]),
    { name: 'source', value: origin.source, mono: true, title: origin.source },
    ...(origin.location === origin.source
      ? []
      : [{ name: 'files', value: origin.location, mono: true, title: origin.location }]),
    ...(origin.logged_model === null ? [] : [{ name: 'logged model', value: origin.logged_model, mono: true }]),
    ...(origin.run_link === ''
      ? []
      : [{ name: 'run link', value: origin.run_link, mono: true, title: origin.run_link }]),
  ];
}

/** How Python opens a version: by its first alias, or by its number. */
export function loadCommand({ model, version, aliases }: RegisteredVersion): string {
  const alias = aliases[0];
  const address = alias === undefined ? `models:/${model}/${version}` : `models:/${model}@${alias}`;
  return `mlflow.pyfunc.load_model(${JSON.stringify(address)})`;
}
