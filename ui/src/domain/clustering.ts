// Rows whose series are alike, beside one another: agglomerative clustering by average linkage (nearest-neighbour
// chain, Murtagh 1983), and of the two ways to lay out each pair the one whose neighbours are nearer.

/**
 * The order of `rows`, each a series of the same length, in which those that move together stand together. NaN is no
 * value; places where one of two rows has none say nothing of their distance. The same rows have the same order, and of
 * its two directions the one is taken that begins nearer to the first row.
 */
export function clusterOrder(rows: readonly ArrayLike<number>[]): number[] {
  const n = rows.length;
  if (n < 3) return rows.map((_, i) => i);
  const leafDistance = distances(rows);
  const distance = Float64Array.from(leafDistance);
  /** The leaves of each cluster that is left, in their order; a merged one takes the place of its first part. */
  const leaves: (number[] | null)[] = rows.map((_, i) => [i]);
  const chain: number[] = [];
  for (let left = n; left > 1; left -= 1) {
    let pair = extend(chain, leaves, distance, n);
    while (pair === null) pair = extend(chain, leaves, distance, n);
    const [a, b] = pair;
    const [first, second] = [leaves[a] ?? [], leaves[b] ?? []];
    for (let other = 0; other < n; other += 1) {
      if (leaves[other] === null || other === a || other === b) continue;
      const [to_a, to_b] = [distance[a * n + other] ?? 0, distance[b * n + other] ?? 0];
      const mean = (first.length * to_a + second.length * to_b) / (first.length + second.length);
      distance[a * n + other] = distance[other * n + a] = mean;
    }
    leaves[a] = laidOut(first, second, leafDistance, n);
    leaves[b] = null;
  }
  const order = leaves.find((own) => own !== null) ?? [];
  const half = order.indexOf(0) >= order.length / 2;
  return half ? order.toReversed() : order;
}

/** Mean absolute difference where both have a value, n × n; rows without a common place are as far apart as any. */
function distances(rows: readonly ArrayLike<number>[]): Float64Array {
  const n = rows.length;
  const all = new Float64Array(n * n);
  const series = rows.map((row) => Float64Array.from(row));
  let most = 0;
  for (let a = 0; a < n; a += 1) {
    for (let b = a + 1; b < n; b += 1) {
      const own = between(series[a] ?? new Float64Array(), series[b] ?? new Float64Array());
      all[a * n + b] = all[b * n + a] = own;
      if (own > most) most = own;
    }
  }
  return all.map((own) => (Number.isNaN(own) ? most : own));
}

function between(a: Float64Array, b: Float64Array): number {
  let [sum, n] = [0, 0];
  const { length } = a;
  for (let i = 0; i < length; i += 1) {
    const own = Math.abs((a[i] as number) - (b[i] as number));
    // Only NaN differs from itself.
    if (own !== own) continue;
    sum += own;
    n += 1;
  }
  return sum / n;
}

/** Goes to the nearest neighbour of the chain's end; two that are nearest to each other are taken off it, lower index first. */
function extend(
  chain: number[],
  leaves: readonly (number[] | null)[],
  distance: Float64Array,
  n: number,
): [number, number] | null {
  if (chain.length === 0) chain.push(leaves.findIndex((own) => own !== null));
  const end = chain.at(-1) ?? 0;
  const before = chain.at(-2) ?? -1;
  // The one before wins a tie, or the chain would go around in circles.
  let nearest = before;
  let least = before < 0 ? Infinity : (distance[end * n + before] ?? Infinity);
  for (let other = 0; other < n; other += 1) {
    if (leaves[other] === null || other === end) continue;
    const own = distance[end * n + other] ?? Infinity;
    if (own < least) [nearest, least] = [other, own];
  }
  if (nearest !== before) {
    chain.push(nearest);
    return null;
  }
  chain.length -= 2;
  return end < before ? [end, before] : [before, end];
}

/** Both parts side by side, each as it is or turned around, whichever brings the nearest leaves together. */
function laidOut(first: readonly number[], second: readonly number[], distance: Float64Array, n: number): number[] {
  const gap = (a: number | undefined, b: number | undefined) => distance[(a ?? 0) * n + (b ?? 0)] ?? 0;
  const [start, end] = [first[0], first.at(-1)];
  const [other_start, other_end] = [second[0], second.at(-1)];
  const ways = [
    { gap: gap(end, other_start), order: () => [...first, ...second] },
    { gap: gap(end, other_end), order: () => [...first, ...second.toReversed()] },
    { gap: gap(start, other_start), order: () => [...first.toReversed(), ...second] },
    { gap: gap(start, other_end), order: () => [...second, ...first] },
  ];
  const best = ways.reduce((least, way) => (way.gap < least.gap ? way : least));
  return best.order();
}
