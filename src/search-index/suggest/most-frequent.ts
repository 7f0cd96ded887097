/** Chooses the most frequent of several spellings. */
import { compareTexts } from '../words/form-table.js';

/**
 * Returns the text that most products have. Equally frequent texts are ordered alphabetically, so that the order of
 * reading does not matter.
 */
export function mostFrequent(
  spellings: readonly { readonly text: string; readonly products: number }[],
): string {
  const counts = new Map<string, number>();
  for (const { text, products } of spellings) counts.set(text, (counts.get(text) ?? 0) + products);
  const [best] = [...counts].sort(([one, a], [other, b]) => b - a || compareTexts(one, other));
  return best?.[0] ?? '';
}
