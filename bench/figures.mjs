/** Statistics of measured values, as text for a cell of a table. */

/** @param values at least one measured value */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Formats the median, with p10 and p90 in brackets. */
export function spread(values, format) {
  if (values.length === 0) return '–';
  const [median, low, high] = [0.5, 0.1, 0.9].map((share) => format(quantile(values, share)));
  return `**${median}** (${low} to ${high})`;
}

/** Rotates a list, so that each round of a measurement begins with another item. */
export function turned(list, round) {
  const at = round % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
