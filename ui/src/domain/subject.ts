/** What a log was held against: a version of a model, or of a data set. */
import type { VersionKey } from '../gen/VersionKey';
import { href } from '../shell';

interface Subject {
  model?: VersionKey | null;
  reference?: string | null;
}

export function against({ model, reference }: Subject): string {
  return model ? `${model.model}@${model.version}` : (reference ?? '');
}

/** Its name alone. */
export function subjectName({ model, reference }: Subject): string {
  return model?.model ?? reference?.split('@')[0] ?? '';
}

export function subjectHref({ model, reference }: Subject): string {
  if (model) return href('models', model.model, model.version);
  const [name = '', version = ''] = reference?.split('@') ?? [];
  return href('data', name, version);
}
