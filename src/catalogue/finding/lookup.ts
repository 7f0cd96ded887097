/** Looks terms up among what the searches for them found: which products each names, and how sure that is. */
import { follow, haveRead, type Ask } from '../follow.js';
import { typeOf, type Key } from '../key.js';
import { isHeld, type Known, type TermFinds } from '../known.js';
import { filterLinks, links } from '../links.js';
import { complete, type State } from '../relation.js';
import { productsAbove } from './above.js';
import { isGroup, moreBy, namingsIn, waysOf, type MatchedBy, type Naming } from './terms.js';

export type TermKind = 'EXACT' | 'ALIAS' | 'AMBIGUOUS' | 'NONE' | 'UNSEARCHABLE';

export interface TermMatch {
  readonly product: Key;
  readonly how: MatchedBy;
  /** As registered. */
  readonly value: string;
}

export interface LookedUp {
  readonly term: string;
  readonly kind: TermKind;
  readonly matches: readonly TermMatch[];
}

export interface LookupResult {
  readonly lookups: readonly LookedUp[];
  readonly products: readonly Key[];
  readonly state: State;
}

const productType = 'MedicinalProductDefinition';
/** So many products are looked into for numbers that no search finds. */
export const mostLookedInto = 20;

/** Undefined while something has yet to be fetched, which is then asked for. */
export function lookUp(
  terms: readonly string[],
  finds: TermFinds,
  known: Known,
  ask: Ask,
  deep: boolean,
): LookupResult | undefined {
  const products = finds.found.filter((key) => typeOf(key) === productType);
  if (!haveRead(products, known, ask, deep)) return undefined;
  const within = finds.looksInto ? recordsOf(namedBy(terms, products, known), known, ask) : [];
  if (!within) return undefined;
  const records = [...new Set([...finds.found, ...within])];
  const resources = records.flatMap((key) => {
    const reading = known.reading(key);
    return isHeld(reading) ? [{ key, resource: reading.resource }] : [];
  });
  const lookups = terms.map((term) => {
    const named = resources.flatMap(({ key, resource }) => {
      const [best] = readable(() =>
        namingsIn(resource, term).filter(({ by }) => by !== 'ATC' || finds.open.has('atc')),
      );
      return best ? [{ key, naming: best }] : [];
    });
    return lookedUp(term, named, finds, known, ask);
  });
  if (lookups.some((each) => !each)) return undefined;
  const settled = lookups.flatMap((each) => each ?? []);
  return {
    lookups: settled,
    products: [...new Set(settled.flatMap(({ matches }) => matches.map(({ product }) => product)))],
    state: finds.states.find(({ kind }) => kind === 'cut') ?? complete,
  };
}

/** The products that a name or a number of their own names, as many as are looked into. */
function namedBy(terms: readonly string[], products: readonly Key[], known: Known): readonly Key[] {
  const isNamed = (product: Key): boolean => {
    const reading = known.reading(product);
    if (!isHeld(reading)) return false;
    return terms.some((term) =>
      readable(() => namingsIn(reading.resource, term)).some(({ by }) => by !== 'ATC'),
    );
  };
  return products.filter(isNamed).slice(0, mostLookedInto);
}

/** The packages and authorizations of products, where nothing but the products can be searched for. */
function recordsOf(products: readonly Key[], known: Known, ask: Ask): readonly Key[] | undefined {
  const relations = products.flatMap((product) =>
    isHeld(known.reading(product))
      ? [links['product.packages'], filterLinks.authorizations].map((link) =>
          follow(link, product, known, ask),
        )
      : [],
  );
  if (relations.some((relation) => !relation)) return undefined;
  const refs = relations.flatMap((relation) => relation?.refs ?? []);
  return haveRead(refs, known, ask) ? refs : undefined;
}

function lookedUp(
  term: string,
  named: readonly { readonly key: Key; readonly naming: Naming }[],
  finds: TermFinds,
  known: Known,
  ask: Ask,
): LookedUp | undefined {
  const rank = Math.min(...named.map(({ naming }) => naming.rank));
  const best = named.filter(({ naming }) => naming.rank === rank);
  const above = best.map(({ key }) => productsAbove(key, known, ask));
  if (above.some((relation) => !relation)) return undefined;
  const matches = new Map<Key, TermMatch>();
  best.forEach(({ naming }, index) => {
    for (const product of above[index]?.refs ?? []) {
      if (!isHeld(known.reading(product)) || matches.has(product)) continue;
      matches.set(product, { product, how: naming.by, value: naming.value });
    }
  });
  return { term, kind: kindOf(term, [...matches.values()], rank, finds), matches: [...matches.values()] };
}

/** What is not found is only not there where every way to it was open, and gone to its end; so it is with a second one. */
function kindOf(
  term: string,
  matches: readonly TermMatch[],
  rank: number,
  { settled, open }: TermFinds,
): TermKind {
  const [one] = matches;
  if (matches.length > 1) return 'AMBIGUOUS';
  if (one) {
    const way = moreBy[one.how];
    if (way && !open.has(way)) return 'UNSEARCHABLE';
    return rank === 1 ? 'EXACT' : 'ALIAS';
  }
  const isSettled = settled.has(term) || (!isGroup(term) && waysOf(term).every((way) => open.has(way)));
  return isSettled ? 'NONE' : 'UNSEARCHABLE';
}

/** A record that holds what FHIR does not allow is named by nothing. */
function readable(read: () => readonly Naming[]): readonly Naming[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}
