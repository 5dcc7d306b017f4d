// Names of the wire as people read them.

import type { Detector } from '../../gen/Detector';
import type { Policy } from '../../gen/Policy';
import type { QualityKind } from '../../gen/QualityKind';

/** `ROC AUC`, `F1, macro` */
export function metricWords(metric: string): string {
  return METRICS[metric] ?? metric.replaceAll('_', ' ').replace(/ (macro|micro|weighted)$/, ', $1');
}

const METRICS: Readonly<Record<string, string>> = {
  roc_auc: 'ROC AUC',
  roc_auc_macro: 'ROC AUC, macro',
  pr_auc: 'PR AUC',
  f1: 'F1',
  f1_macro: 'F1, macro',
  rmse: 'RMSE',
  mae: 'MAE',
  mse: 'MSE',
  rmsle: 'RMSLE',
  msle: 'MSLE',
  mape: 'MAPE',
  r2: 'R²',
  mcc: 'MCC',
};

const QUALITY: Readonly<Record<QualityKind, string>> = {
  missing: 'missing values',
  unseen: 'unseen values',
  out_of_range: 'out of range',
  type_change: 'type changed',
  volume: 'number of rows',
};

/** `missing values` */
export function qualityWords(kind: QualityKind): string {
  return QUALITY[kind];
}

/** `every 4 windows` */
export function policyWords(policy: Policy): string {
  switch (policy.kind) {
    case 'never':
      return 'never';
    case 'every':
      return policy.n_windows === 1 ? 'after every window' : `every ${policy.n_windows} windows`;
    case 'on_alert':
      return policy.rest_windows === 0 ? 'on alert' : `on alert, then not for ${policy.rest_windows}`;
  }
}

const DETECTORS: Readonly<Record<Detector['kind'], string>> = {
  adwin: 'ADWIN',
  ddm: 'DDM',
  eddm: 'EDDM',
  page_hinkley: 'Page-Hinkley',
  kswin: 'KSWIN',
};

/** `Page-Hinkley` */
export function detectorWords({ kind }: Detector): string {
  return DETECTORS[kind];
}
