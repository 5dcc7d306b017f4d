// An ONNX graph of any size as the host would describe it: blocks of attention as in a deep network, with residual
// branches, after a fan of columns. Invented, the same each time.

/** `models.graph`'s answer with `n` nodes. */
export function syntheticGraph(n) {
  const nodes = [];
  const initializers = [];
  const inputs = [];
  const add = (op, takes, attributes = []) => {
    const index = nodes.length;
    const output = `v${index}`;
    const name = `/block_${Math.floor(index / 25)}/${op}_${index}`;
    nodes.push({
      index,
      name,
      op,
      domain: 'ai.onnx',
      inputs: takes,
      outputs: [output],
      attributes,
      parent: null,
      path: '',
    });
    return output;
  };
  const weight = (shape) => {
    const name = `w${initializers.length}`;
    const n_values = shape.reduce((a, b) => a * b, 1);
    const histogram = { edges: Array.from({ length: 21 }, (_, i) => -0.1 + i / 100), counts: bell(n_values) };
    const statistics = { n_values, n_not_finite: 0, min: -0.1, max: 0.1, mean: 0.0002, standard_deviation: 0.031 };
    initializers.push({
      ...{ name, path: '', element: 'float', shape, n_values, size_bytes: 4 * n_values, external: null },
      statistics: { ...statistics, zero_share: 0, histogram },
    });
    return name;
  };
  const dense = (x, from, to) => add('MatMul', [x, weight([from, to])]);
  const columns = Array.from({ length: Math.min(40, Math.floor(n / 50)) }, (_, i) => {
    inputs.push({ name: `column_${i}`, element: 'float', shape: ['N', '1'] });
    return add('Imputer', [add('Cast', [`column_${i}`], [attribute('to', 'int', '1')])]);
  });
  let x = add('Concat', columns, [attribute('axis', 'int', '1')]);
  while (nodes.length < n - 20) {
    const skip = x;
    const [q, k, v] = [dense(x, 256, 256), dense(x, 256, 256), dense(x, 256, 256)];
    const scores = add('MatMul', [q, add('Transpose', [k], [attribute('perm', 'ints', '0, 2, 1')])]);
    const mixed = add('MatMul', [add('Softmax', [scores], [attribute('axis', 'int', '-1')]), v]);
    const sum = add('Add', [dense(mixed, 256, 256), skip]);
    const centred = add('Sub', [sum, add('ReduceMean', [sum], [attribute('axes', 'ints', '-1')])]);
    const spread = add('Sqrt', [add('ReduceMean', [add('Mul', [centred, centred])])]);
    const norm = add('Add', [add('Mul', [add('Div', [centred, spread]), weight([256])]), weight([256])]);
    const wide = add('Gelu', [add('Add', [dense(norm, 256, 1024), weight([1024])])]);
    x = add('Add', [add('Add', [dense(wide, 1024, 256), weight([256])]), norm]);
  }
  while (nodes.length < n) x = add('Relu', [x]);
  return {
    title: 'net.onnx',
    ir_version: 10,
    opsets: { 'ai.onnx': 21 },
    producer: 'bench 1',
    description: '',
    metadata: [],
    size_bytes: initializers.reduce((sum, own) => sum + own.size_bytes, 0),
    inputs,
    outputs: [{ name: x, element: 'float', shape: ['N', '256'] }],
    nodes,
    initializers,
    values: [],
    n_parameters: initializers.reduce((sum, own) => sum + own.n_values, 0),
    custom_operators: [],
    functions: [],
    external_data: [],
  };
}

function attribute(name, kind, text) {
  return { name, kind, text, statistics: null };
}

function bell(n) {
  const heights = Array.from({ length: 20 }, (_, i) => Math.exp(-(((i - 9.5) / 5) ** 2)));
  const total = heights.reduce((a, b) => a + b, 0);
  return heights.map((own) => Math.round((own / total) * n));
}
