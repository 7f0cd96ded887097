/** Chooses the spelling that is shown. */
import { compareTexts } from '../words/form-table.js';

/** Returns the text that most products have; of equals the one that comes first, whatever was read first. */
export function mostFrequent(
  spellings: readonly { readonly text: string; readonly products: number }[],
): string {
  const counts = new Map<string, number>();
  for (const { text, products } of spellings) counts.set(text, (counts.get(text) ?? 0) + products);
  const [best] = [...counts].sort(([one, a], [other, b]) => b - a || compareTexts(one, other));
  return best?.[0] ?? '';
}
