/**
 * Suggests the companies that hold marketing authorizations. The filter contains the company's id if records state
 * one, otherwise its name.
 */
import { isFhirId } from '../../fhir/reference.js';
import { organizationKey, organizationName } from '../../facts/organizations.js';
import { textsOf } from '../../facts/concepts.js';
import { foldText } from '../../terms/fold.js';
import { holderColumn } from '../columns.js';
import { readRecordShape, untoldShape } from '../shapes.js';
import type { IndexStore } from '../store/index-store.js';
import { compareTexts } from '../words/form-table.js';
import type { Entry, Thing } from './entry.js';
import { mostFrequent } from './most-frequent.js';
import { eachShape } from './names-and-holders.js';
import { isAskable } from './suggestion.js';

/** A company. It has an id, unless another company has the same name. */
interface Holder {
  readonly id: string | undefined;
  /** Its names, each with the number of products whose holder has this name. */
  readonly names: Map<string, number>;
}

/** @param names the names of holders, each with its number of products */
export async function holderEntries(
  store: IndexStore,
  names: ReadonlyMap<string, number>,
): Promise<readonly Entry[]> {
  const ids = await idsByName(store);
  const holders = new Map<string, Holder>();
  for (const [name, products] of names) {
    const id = idAmong(ids.get(foldText(name)));
    if (id === undefined && !isFoundByName(name)) continue;
    const key = id ?? `name ${foldText(name)}`;
    const holder = holders.get(key) ?? { id, names: new Map() };
    holder.names.set(name, products);
    holders.set(key, holder);
  }
  return [...holders.values()].flatMap(entriesOf);
}

async function idsByName(store: IndexStore): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const ids = new Map<string, Set<string>>();
  await eachShape(store, holderColumn('holder').name, (shape) => {
    if (shape === untoldShape) return;
    const { resource, key } = readRecordShape(shape);
    if (resource?.resourceType !== 'Organization') return;
    for (const name of textsOf([resource.name, ...textsOf(resource.alias)])) {
      const known = ids.get(foldText(name)) ?? new Set();
      ids.set(foldText(name), known.add(key));
    }
  });
  return ids;
}

/**
 * Returns the id of a company; undefined if several companies have the name, or if records state only a display text.
 */
function idAmong(keys: ReadonlySet<string> = new Set()): string | undefined {
  const [key, ...others] = keys;
  const id = key?.replace(/^Organization\//, '');
  const isOne = id !== undefined && others.length === 0 && isFhirId(id);
  return isOne && organizationKey(id) === key ? id : undefined;
}

/** Whether a filter treats the text as a name. */
function isFoundByName(name: string): boolean {
  const called = organizationName(name);
  return called !== undefined && foldText(called) === foldText(name) && isAskable(name);
}

function entriesOf({ id, names }: Holder): readonly Entry[] {
  const counts = [...names].map(([text, products]) => ({ text, products }));
  const main = mostFrequent(counts);
  const thing: Thing = { filter: { holder: [id ?? main] }, detail: id };
  const texts = [...names.keys()].sort(compareTexts).map((text) => [foldText(text), text] as const);
  // If spellings differ only in case, one of them is suggested.
  const spellings = new Map([...texts.toReversed(), [foldText(main), main] as const]);
  const products = Math.max(...names.values());
  return [...spellings.values()].map((text) => ({
    kind: 'HOLDER',
    text,
    products,
    thing,
    brand: undefined,
    isOther: text !== main,
    tails: [],
  }));
}
