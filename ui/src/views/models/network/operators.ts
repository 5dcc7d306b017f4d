// What an operator does, as far as a colour needs to know.

import type { Kind } from '../../../domain/network/scene';

const FAMILIES: readonly (readonly [Kind, RegExp])[] = [
  ['control', /^(If|Loop|Scan|SequenceMap)$/],
  ['trees', /^(TreeEnsemble|SVM|Linear(Classifier|Regressor))/],
  ['product', /(^|[a-z])(Conv|MatMul|Gemm|LSTM|GRU|RNN|Attention|Einsum)/],
  [
    'activation',
    /^(Relu|PRelu|LeakyRelu|ThresholdedRelu|Sigmoid|HardSigmoid|Tanh|Softmax|LogSoftmax|Softplus|Softsign|Gelu|FastGelu|Elu|Selu|Celu|HardSwish|Swish|Mish|Erf|Clip)$/,
  ],
  [
    'norm',
    /(Normalization|Pool|Normalizer|Scaler|Imputer|Dropout)$|^(LpNorm|LRN|OneHot|LabelEncoder|CategoryMapper|Binarizer|DictVectorizer|Global)/,
  ],
  [
    'shape',
    /^(Reshape|Transpose|Concat|Cast|CastLike|Squeeze|Unsqueeze|Identity|Shape|Size|Gather\w*|Slice|Split|Flatten|Expand|Pad|Tile|Constant|ConstantOfShape|ArrayFeatureExtractor|FeatureVectorizer|ZipMap|CastMap|Range|Scatter\w*|Resize|DepthToSpace|SpaceToDepth|Compress|NonZero)$/,
  ],
];

export function kindOfOperator(op: string): Kind {
  return FAMILIES.find(([, words]) => words.test(op))?.[0] ?? 'plain';
}
