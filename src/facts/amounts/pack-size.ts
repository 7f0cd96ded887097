/** Counts the units of presentation in a pack: tablets, vials, pieces. */
import type {
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Quantity,
  Reference,
} from 'fhir/r5.js';
import { elements, isElement } from '../../fhir/elements.js';
import { parseReference } from '../../fhir/reference.js';
import { unitOf } from '../../terms/measures.js';
import { asThing, isExact } from './amount.js';

/** The element of the package record that states the content of a pack. */
export enum SizeOrigin {
  CONTAINED_QUANTITY = 'CONTAINED_QUANTITY',
  PACKAGING = 'PACKAGING',
}

export interface PackContent {
  readonly from: SizeOrigin;
  /** One quantity for each kind of thing in the pack, such as tablets. */
  readonly quantities: readonly Quantity[];
}

/** Returns the content of a pack; undefined if the record does not state all quantities. */
export function contentOf({
  containedItemQuantity,
  packaging,
}: PackagedProductDefinition): PackContent | undefined {
  const contained = elements(containedItemQuantity);
  if (contained.length > 0) return { from: SizeOrigin.CONTAINED_QUANTITY, quantities: contained };
  // If the outermost packaging has no quantity, the quantity is 1.
  const amounts = elements(packaging && [packaging]).map((box) => amountsIn(box, box.quantity ?? 1));
  const told = amounts.flatMap((each) => each ?? []);
  if (told.length === 0 || amounts.includes(undefined)) return undefined;
  return { from: SizeOrigin.PACKAGING, quantities: addedUp(told) };
}

/**
 * Returns the number of units of presentation in a pack. Null if the record states no quantity, the quantity 0,
 * several kinds of things, or an amount in ml or g. Undefined if the quantity cannot be read.
 */
export function packSizeOf(pack: PackagedProductDefinition): number | null | undefined {
  const [content, another] = contentOf(pack)?.quantities ?? [];
  if (!content || another || content.value === 0) return null;
  const unit = unitOf(content);
  if (unit && (unit.below || !asThing(unit.above).isThing)) return null;
  const { value } = content;
  const isCount = typeof value === 'number' && Number.isFinite(value) && value > 0 && isExact(content);
  return unit && isCount ? value * asThing(unit.above).scale : undefined;
}

/**
 * Returns the content of a packaging and of all packagings inside it, each multiplied by its quantity. Devices, such
 * as a spoon, are left out. Undefined if a quantity is missing, or if the packaging contains a package with its own
 * record.
 * @param times the number of equal packagings
 */
function amountsIn(
  { containedItem, packaging }: PackagedProductDefinitionPackaging,
  times: unknown,
): readonly Quantity[] | undefined {
  if (typeof times !== 'number') return undefined;
  const all: Quantity[] = [];
  for (const { item, amount } of elements(containedItem)) {
    const type = typeIn(item?.reference);
    if (type === 'DeviceDefinition') continue;
    if (type === 'PackagedProductDefinition' || typeof amount?.value !== 'number') return undefined;
    all.push({ ...amount, value: amount.value * times });
  }
  for (const inner of elements(packaging)) {
    const within = amountsIn(inner, typeof inner.quantity === 'number' && inner.quantity * times);
    if (!within) return undefined;
    all.push(...within);
  }
  return all;
}

function typeIn(reference: Reference | undefined): string | undefined {
  if (!isElement<Reference>(reference)) return undefined;
  const parsed = parseReference(reference, []);
  return parsed.kind === 'literal' ? parsed.type : reference.type;
}

/** Adds the quantities that have the same unit. */
function addedUp(quantities: readonly Quantity[]): readonly Quantity[] {
  const byUnit = new Map<string, Quantity>();
  for (const quantity of quantities) {
    const key = JSON.stringify({ ...quantity, value: undefined });
    byUnit.set(key, { ...quantity, value: (byUnit.get(key)?.value ?? 0) + (quantity.value ?? 0) });
  }
  return [...byUnit.values()];
}
