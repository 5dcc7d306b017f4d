// Shares as depth of a colour, and the bin under a pointer.

/** The largest share of all columns; 1 when there is none. */
export function deepest(columns: readonly (readonly number[])[]): number {
  let most = 0;
  for (const shares of columns) for (const share of shares) if (share > most) most = share;
  return most > 0 ? most : 1;
}

/** How opaque a share is drawn, 0 to 1: what is rare is still seen. */
export function depth(share: number, most: number): number {
  return share <= 0 ? 0 : 0.06 + 0.94 * Math.min(1, share / most) ** 0.7;
}

/** The bin at a height over the lowest one's foot; -1 outside. */
export function binAt(height: number, bin_height: number, n_bins: number): number {
  const bin = Math.floor(height / Math.max(0.001, bin_height));
  return bin >= 0 && bin < n_bins ? bin : -1;
}

/** Counts as shares of their sum; nothing of nothing. */
export function sharesOf(counts: readonly number[]): number[] {
  const n = counts.reduce((all, own) => all + own, 0);
  return n > 0 ? counts.map((own) => own / n) : [];
}
