/**
 * Generated products and their resources. Resources are generated when they are read. Only those of the latest
 * products are cached.
 */

import { buildPart, familyTypes, type BuildOptions } from './expand/family.js';
import { generateProduct, type GenerateOptions } from './generate.js';
import { productOf } from './ids.js';
import { organizations } from './organizations.js';
import { substanceDefinitions } from './substances.js';
import { listedWorld, type Entry, type World } from './world.js';

export interface GeneratedWorldOptions extends GenerateOptions {
  readonly quirks: boolean;
}

/**
 * The number of positions that are reserved for the resources of one type of a product, and for all resources of a
 * product. No product has more.
 */
const TYPE_STRIDE = 128;
const STRIDE = 2048;
const KEPT_FAMILIES = 2_000;
const MOST_PRODUCTS = 500_000;

/** Throws a RangeError if there are more products than ids. */
export function generatedWorld(options: GeneratedWorldOptions): World {
  const { products, quirks } = options;
  if (!Number.isInteger(products) || products < 1 || products > MOST_PRODUCTS) {
    throw new RangeError(`products must be a whole number from 1 to ${MOST_PRODUCTS}`);
  }
  const build: BuildOptions = { series: 1, quirks };
  const shared = listedWorld([...organizations(), ...substanceDefinitions()]);
  const sharedStart = products * STRIDE;
  const families = new Map<number, readonly Entry[]>();

  function makeFamily(index: number): readonly Entry[] {
    const product = generateProduct(options, index);
    return familyTypes.flatMap((type) =>
      buildPart(product, build, type).map((resource, at) => ({
        position: index * STRIDE + slotOf(type) + at,
        resource,
      })),
    );
  }

  function family(index: number): readonly Entry[] {
    const known = families.get(index) ?? makeFamily(index);
    families.delete(index);
    families.set(index, known);
    const [oldest] = families.keys();
    if (families.size > KEPT_FAMILIES && oldest !== undefined) families.delete(oldest);
    return known;
  }

  function familyOf(id: string): readonly Entry[] | undefined {
    const index = productOf(build.series, id);
    return index === undefined || index >= products ? undefined : family(index);
  }

  function* each(type: string): Generator<Entry> {
    for (const { position, resource } of shared.each(type))
      yield { position: sharedStart + position, resource };
    if (!familyTypes.includes(type)) return;
    for (let index = 0; index < products; index += 1) {
      const start = index * STRIDE + slotOf(type);
      const part = buildPart(generateProduct(options, index), build, type);
      yield* part.map((resource, at) => ({ position: start + at, resource }));
    }
  }

  return {
    types: [...familyTypes, ...shared.types],
    each,
    at(position) {
      if (position >= sharedStart) return shared.at(position - sharedStart);
      const entry = family(Math.floor(position / STRIDE)).find((each) => each.position === position);
      if (entry === undefined) throw new RangeError('no resource stands at this position');
      return entry.resource;
    },
    locate(type, id) {
      const place = shared.locate(type, id);
      if (place !== undefined) return sharedStart + place;
      return familyOf(id)?.find(({ resource }) => resource.id === id && resource.resourceType === type)
        ?.position;
    },
    relatives: familyOf,
    hasRelatives: (id) => (productOf(build.series, id) ?? products) < products,
  };
}

/** Returns the offset of a type's positions within the positions of a product. */
function slotOf(type: string): number {
  return familyTypes.indexOf(type) * TYPE_STRIDE;
}
