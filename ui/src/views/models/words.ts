// Words of the registry: stages in their order, algorithms by name, actions of the audit log.

import type { AuditEntry } from '../../gen/AuditEntry';
import type { Stage } from '../../gen/Stage';
import { compact } from '../../parts/format';

export const STAGES: readonly Stage[] = ['development', 'candidate', 'production', 'archived'];

/** `Production`. */
export function stageTitle(stage: Stage): string {
  return capital(stage);
}

/** Figures of more than six decimals in a text, to six significant digits: `0.000059999999999999995` as `6e−5`. */
export function shortFigures(text: string): string {
  return text.replace(/-?\d+\.\d{7,}/g, (figure) => compact(Number(figure), 6));
}

/** What is more than its words in capitals. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  lightgbm: 'LightGBM',
  ada_boost: 'AdaBoost',
  pls: 'Partial least squares',
  gaussian_nb: 'Gaussian naive Bayes',
  multinomial_nb: 'Multinomial naive Bayes',
  bernoulli_nb: 'Bernoulli naive Bayes',
  knn: 'Nearest neighbours',
  svm: 'Support vector machine',
  one_class_svm: 'One-class support vector machine',
  k_means: 'k-means',
  gmm: 'Gaussian mixture',
  dbscan: 'DBSCAN',
  optics: 'OPTICS',
  pca: 'Principal components',
  ica: 'Independent components',
  tsne: 't-SNE',
};

/** `random_forest` as `Random forest`. */
export function algorithmTitle(name: string): string {
  return ALGORITHMS[name] ?? capital(name.replaceAll('_', ' '));
}

const ACTIONS: Readonly<Record<string, string>> = {
  'model.registered': 'Registered',
  'model.created': 'Created',
  'model.described': 'Described',
  'model.renamed': 'Renamed',
  'model.tagged': 'Tagged',
  'model.untagged': 'Tag removed',
  'model.version_deleted': 'Deleted by a client',
  'model.promoted': 'Promoted',
  'model.moved': 'Moved',
  'model.archived': 'Archived',
  'model.alias_moved': 'Alias moved',
  'model.exported': 'Exported',
  'model.verified': 'Verified',
  'model.deleted': 'Deleted',
  'model.restored': 'Restored',
  'replay.saved': 'Replayed',
};

/** What happened, as the first words of a line: `Promoted`. */
export function actionTitle(entry: Pick<AuditEntry, 'action'>): string {
  return ACTIONS[entry.action] ?? capital(entry.action.replace(/^.*\./, '').replaceAll('_', ' '));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
