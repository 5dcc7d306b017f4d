// The figures of a run that say most, in the order to be read.

const FIRST = [
  'test.accuracy',
  'test.f1_macro',
  'test.roc_auc',
  'test.log_loss',
  'test.rmse',
  'test.mae',
  'test.r2',
  'cv.accuracy.mean',
  'cv.rmse.mean',
];

/** The figures worth a line, at most four. */
export function headline(
  metrics: Readonly<Record<string, number | undefined>>,
): { key: string; text: string; value: number }[] {
  return FIRST.flatMap((key) => {
    const value = metrics[key];
    return value === undefined ? [] : [{ key, text: key.replace(/\.mean$/, ''), value }];
  }).slice(0, 4);
}
