/** Looks terms up among what the searches for them found: which products each names, and how sure that is. */
import type { MatchedBy, TermWay } from '../question/term.js';
import { isOutage, PmsError } from '../../errors.js';
import { follow, haveRead, type Ask } from '../known/follow.js';
import { typeOf, type Key } from '../graph/key.js';
import { isHeld, type Known, type TermFinds } from '../known/known.js';
import { filterLinks, links } from '../graph/links.js';
import { complete, type Relation, type State } from '../graph/relation.js';
import { productsAbove } from '../known/above.js';
import { hasWord, idKeyOf, isGroup, namingsIn, termOf, waysToAny, type Naming, type Term } from './kinds.js';

export type TermKind = 'EXACT' | 'ALIAS' | 'AMBIGUOUS' | 'PARTIAL' | 'NONE' | 'UNSEARCHABLE';

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
  texts: readonly string[],
  finds: TermFinds,
  known: Known,
  ask: Ask,
  deep: boolean,
): LookupResult | undefined {
  const terms = texts.map(termOf);
  const products = finds.found.filter((key) => typeOf(key) === productType);
  // What leads up to products is followed meanwhile, so that these are read together.
  const isRead = haveRead(products, known, ask, deep);
  const looksInto = isRead && finds.looksInto;
  const within = looksInto ? recordsOf(namedBy(terms, products, known), known, ask) : [];
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
    return lookedUp(term.text, named, finds, known, ask);
  });
  if (!isRead || lookups.some((each) => !each)) return undefined;
  const settled = lookups.flatMap((each) => each ?? []);
  return {
    lookups: settled,
    products: [...new Set(settled.flatMap(({ matches }) => matches.map(({ product }) => product)))],
    state:
      outageAmong(settled.flatMap(({ doubts }) => doubts)) ??
      finds.states.find(({ kind }) => kind === 'cut') ??
      complete,
  };
}

/** What the upstream does not have leaves a term open; where it is not to be had at all, nothing is told. */
function outageAmong(states: readonly State[]): State | undefined {
  return states.find((state) => state.kind === 'failed' && tellsNothing(state.error));
}

/** One record that cannot be followed is no outage; who is not let in cannot look anything up. */
function tellsNothing(error: PmsError): boolean {
  const isShutOut = error.code === 'UPSTREAM_UNAUTHORIZED';
  return (isShutOut || isOutage(error)) && !(error.cause instanceof TypeError);
}

/** The products that a name or a number of their own names, as many as are looked into. */
function namedBy(terms: readonly Term[], products: readonly Key[], known: Known): readonly Key[] {
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

/** A record that a term names. */
interface Named {
  readonly key: Key;
  readonly naming: Naming;
}

function lookedUp(
  term: string,
  named: readonly Named[],
  finds: TermFinds,
  known: Known,
  ask: Ask,
): (LookedUp & { readonly doubts: readonly State[] }) | undefined {
  const relations = named.map(({ key }) => productsAbove(key, known, ask));
  if (relations.some((relation) => !relation)) return undefined;
  const above = relations.flatMap((relation) => relation ?? []);
  const reached = named.flatMap(({ naming }, index) =>
    (above[index]?.refs ?? [])
      .filter((product) => isHeld(known.reading(product)))
      .map((product) => ({ product, naming })),
  );
  const tier = Math.min(...reached.map(({ naming }) => naming.tier));
  const best = reached.filter(({ naming }) => naming.tier === tier);
  const matches = new Map<Key, TermMatch>();
  for (const { product, naming } of best)
    if (!matches.has(product)) matches.set(product, { product, how: naming.by, value: naming.value });
  const doubts = [...above.flatMap((relation) => doubtsOf(relation, known)), ...doubtsOfId(term, known)];
  const isOpen = (way: TermWay): boolean =>
    finds.open.has(way) || (way === 'id' && isIdTold(term, known)) || isNoWay(way, term, finds);
  const toOthers = best.length > 0 ? best.flatMap(({ naming }) => naming.others) : waysToAny(term);
  const isKnown = best.length > 0 || !isGroup(term);
  const isWhole = isKnown && doubts.length === 0 && toOthers.every(isOpen);
  return {
    term,
    kind: isWhole ? kindOf(matches.size, best) : 'UNSEARCHABLE',
    matches: [...matches.values()],
    doubts,
  };
}

/** Why there may be products above a record that are not among those which were reached. */
function doubtsOf({ state, refs, unresolved }: Relation, known: Known): readonly State[] {
  const isUnclear = unresolved.length > 0 || refs.some((ref) => known.reading(ref) === 'unseen');
  return [
    ...(state.kind === 'complete' ? [] : [state]),
    ...(isUnclear ? [outOfReach] : []),
    ...refs.flatMap((ref) => failureOf(ref, known)),
  ];
}

const outOfReach: State = { kind: 'cut', reason: 'OUT_OF_REACH' };

function doubtsOfId(term: string, known: Known): readonly State[] {
  const key = idKeyOf(term);
  return key === undefined ? [] : failureOf(key, known);
}

function failureOf(key: Key, known: Known): readonly State[] {
  const reading = known.reading(key);
  return reading instanceof PmsError ? [{ kind: 'failed', error: reading }] : [];
}

function kindOf(products: number, namings: readonly { readonly naming: Naming }[]): TermKind {
  if (products > 1) return 'AMBIGUOUS';
  if (products === 0) return 'NONE';
  if (namings.some(({ naming }) => naming.isMain)) return 'EXACT';
  return namings.every(({ naming }) => naming.by === 'NAME_BEGINNING') ? 'PARTIAL' : 'ALIAS';
}

/** A word is taken for no number where numbers cannot be searched for. */
function isNoWay(way: TermWay, term: string, { lacking }: TermFinds): boolean {
  return way !== 'name' && hasWord(term) && lacking.has(way);
}

/** Whether it is known if there is a product of this id. */
function isIdTold(term: string, known: Known): boolean {
  const key = idKeyOf(term);
  const reading = key === undefined ? undefined : known.reading(key);
  return isHeld(reading) || reading === 'absent';
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
