/** How many units of presentation are in a pack: tablets, vials, pieces. */
import type { PackagedProductDefinition, Quantity } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { unitOf } from '../../terms/measures.js';
import { asThing, isExact } from './amount.js';

/** Returns what the pack's size is told by: the first quantity of its content. */
export function contentOf({ containedItemQuantity }: PackagedProductDefinition): Quantity | undefined {
  return elements(containedItemQuantity)[0];
}

/**
 * Returns the count. Null where the pack has none: its record tells no quantity or 0, several kinds of things, or an
 * amount in ml or g. Undefined where the quantity cannot be read.
 */
export function packSizeOf(pack: PackagedProductDefinition): number | null | undefined {
  if (elements(pack.containedItemQuantity).length > 1) return null;
  const content = contentOf(pack);
  if (!content || content.value === 0) return null;
  const unit = unitOf(content);
  if (unit && (unit.below || !asThing(unit.above).isThing)) return null;
  const { value } = content;
  const isCount = typeof value === 'number' && Number.isFinite(value) && value > 0 && isExact(content);
  return unit && isCount ? value * asThing(unit.above).scale : undefined;
}
