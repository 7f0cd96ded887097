/**
 * Matches the terms of a lookup with the records that searches found. The result states which products each term
 * means, and how certain that is.
 */
import type { MatchedBy, TermWay } from '../question/term.js';
import { isTerm } from '../question/term.js';
import { isOutage, PmsError } from '../../errors.js';
import { follow, haveRead, type Fetches } from '../known/follow.js';
import { compareKeys, isOfType, typeOf, type Key } from '../graph/key.js';
import { isHeld, type Known, type TermFinds } from '../known/known.js';
import { upward } from '../graph/links.js';
import { complete, untold, type Relation, type State } from '../graph/relation.js';
import { productsAbove } from '../known/above.js';
import { idKeyOf, insideWays, isGroup } from './kinds.js';
import { codesIn, foldingsOf, namingsIn, termOf, untoldWaysOf, type Naming, type Term } from './namings.js';
import { bestOf, isOpen, waysNeeded } from './openness.js';
import { lookInto, type LookedInto } from './within.js';
import { nameTiers } from './words.js';

export type TermKind = 'EXACT' | 'ALIAS' | 'AMBIGUOUS' | 'PARTIAL' | 'NONE' | 'INVALID' | 'UNSEARCHABLE';

export interface TermMatch {
  readonly product: Key;
  /** The package with the number or bar code, if there is exactly one. */
  readonly package?: Key | undefined;
  readonly how: MatchedBy;
  /** The matched name or number, as the record states it. */
  readonly value: string;
}

export interface LookedUp {
  readonly term: string;
  readonly kind: TermKind;
  readonly matches: readonly TermMatch[];
}

export interface LookupResult {
  readonly lookups: readonly LookedUp[];
  /** The products and packages of all matches. */
  readonly refs: readonly Key[];
  readonly state: State;
}

const productType = 'MedicinalProductDefinition';
const itemType = 'ManufacturedItemDefinition';
const packageType = 'PackagedProductDefinition';
/** Maximum number of products whose details are scanned, if there are too many products to scan all of them. */
export const mostLookedInto = 20;

/** Returns those texts that are valid terms. */
export function termsIn(texts: readonly string[]): readonly string[] {
  return texts.filter(isTerm);
}

/** The search results if none of the texts is a valid term. */
export const nothingFound: TermFinds = {
  found: [],
  open: new Set(),
  lacking: new Set(),
  tooMany: new Set(),
  codes: new Map(),
  states: [],
  looksInto: false,
};

/**
 * Looks up the products that texts mean. Returns undefined while records must still be fetched. The function `ask`
 * requests these records.
 */
export function lookUp(
  texts: readonly string[],
  finds: TermFinds,
  known: Known,
  ask: Fetches,
  deep: boolean,
): LookupResult | undefined {
  const terms = termsIn(texts).map((text) => termOf(text, finds.codes.get(text)));
  const products = finds.found.filter((key) => typeOf(key) === productType);
  // Links up to the products are followed for all terms at the same time, so that all products are read in the same
  // wave.
  const isProductRead = haveRead(products, known, ask, deep);
  const records = terms.flatMap(({ key }) => key ?? []).filter((key) => finds.found.includes(key));
  const isRead = haveRead(records, known, ask) && isProductRead;
  const searched = terms.map((term) => searchedFor(term, finds, known, ask));
  if (!isRead || searched.some((each) => !each)) return undefined;
  const found = searched.flatMap((each) => each ?? []);
  const into = lookedInto(found, products, finds, known, ask);
  if (into === undefined) return undefined;
  const first = found.map((each) => (into === 'nothing' ? each : within(each, into, known, ask)));
  const parts = lookedIntoParts(first, finds, known, ask);
  if (parts === undefined) return undefined;
  const both = together(into, parts);
  const settled = first.map((each) =>
    lookedUp(parts === 'nothing' ? each : within(each, parts, known, ask), both, finds, known),
  );
  const byTerm = new Map(settled.map((each) => [each.term, each]));
  const matches = settled.flatMap((each) => each.matches);
  const refs = matches.flatMap(({ product, package: pack }) =>
    pack === undefined ? [product] : [product, pack],
  );
  return {
    lookups: texts.map((term) => byTerm.get(term) ?? { term, kind: 'INVALID', matches: [] }),
    refs: [...new Set(refs)],
    state:
      outageAmong(settled.flatMap(({ doubts }) => doubts)) ??
      finds.states.find(({ kind }) => kind === 'cut') ??
      stateOf(both, settled),
  };
}

/** If names or numbers of a record cannot be read, only the terms that they might match become undecided. */
function stateOf(into: LookedInto | 'nothing', settled: readonly Settled[]): State {
  if (into !== 'nothing' && into.state.kind !== 'complete') return into.state;
  return settled.some(({ isUntold }) => isUntold) ? untold : complete;
}

/**
 * Returns the error that makes the whole lookup fail, such as an outage. A feature that the upstream does not support
 * makes only a term undecided.
 */
function outageAmong(states: readonly State[]): State | undefined {
  return states.find((state) => state.kind === 'failed' && tellsNothing(state.error));
}

/**
 * Whether the failure concerns the whole upstream, such as an outage or refused credentials, and not a single
 * malformed record.
 */
function tellsNothing(error: PmsError): boolean {
  const isShutOut = error.code === 'UPSTREAM_UNAUTHORIZED';
  return (isShutOut || isOutage(error)) && !(error.cause instanceof TypeError);
}

/** A product that a term means, with the name or number that matched. */
interface Reached {
  readonly product: Key;
  readonly package: Key | undefined;
  readonly naming: Naming;
}

interface Found {
  readonly term: Term;
  readonly reached: readonly Reached[];
  /** The reasons why more products may match than were found. */
  readonly doubts: readonly State[];
  /**
   * The kinds of search that may have missed a match, because names or numbers of a record that was found cannot be
   * read.
   */
  readonly untold: ReadonlySet<TermWay>;
}

interface Settled extends LookedUp, Pick<Found, 'doubts'> {
  /** Whether the term is undecided because names or numbers of records cannot be read. */
  readonly isUntold: boolean;
}

/**
 * Returns the products that a term means; undefined while records must still be fetched. The function `ask` requests
 * these records.
 */
function searchedFor(term: Term, finds: TermFinds, known: Known, ask: Fetches): Found | undefined {
  const reached: Reached[] = [];
  const doubts: State[] = [...doubtsOfId(term.text, known)];
  const untoldWays = new Set<TermWay>();
  let isPending = false;
  for (const key of finds.found) {
    const reading = known.reading(key);
    // If the details of all products are scanned, no link is followed from ingredients up to their products.
    if (!isHeld(reading) || (finds.all && typeOf(key) === 'Ingredient')) continue;
    for (const way of untoldWaysOf(reading.resource)) untoldWays.add(way);
    const naming = namingsIn(reading.resource, term).find(({ by }) => by !== 'ATC' || finds.open.has('atc'));
    if (!naming) continue;
    const above = productsAbove(key, known, ask);
    const pack = packageOf(key, naming, known, ask);
    if (!above || pack === undefined) {
      isPending = true;
      continue;
    }
    doubts.push(...doubtsOf(above, known));
    for (const product of above.refs)
      if (isHeld(known.reading(product))) reached.push({ product, package: pack.key, naming });
  }
  return isPending ? undefined : { term, reached, doubts, untold: untoldWays };
}

/** The kinds of numbers that identify a package. */
const ofPackages: ReadonlySet<MatchedBy> = new Set(['PCID', 'DATA_CARRIER', 'AUTHORIZATION_NUMBER']);

/** Returns the package that has a number, if there is exactly one; undefined while records must still be fetched. */
function packageOf(
  key: Key,
  { by }: Naming,
  known: Known,
  ask: Fetches,
): { readonly key: Key | undefined } | undefined {
  if (!ofPackages.has(by)) return { key: undefined };
  if (typeOf(key) === packageType) return { key };
  const link = upward[typeOf(key)];
  if (!link) return { key: undefined };
  const subjects = follow(link, key, known, ask);
  if (!subjects) return undefined;
  const [only, ...others] = subjects.refs;
  const isOne = only !== undefined && others.length === 0 && typeOf(only) === packageType;
  return { key: isOne && isHeld(known.reading(only)) ? only : undefined };
}

/** Returns the kinds of values that must still be looked for in the details of products. */
function waysInside({ term, reached }: Found, finds: TermFinds, known: Known): readonly TermWay[] {
  if (isRecordTold(term, known)) return [];
  const best = bestOf(reached).map(({ naming }) => naming);
  return waysNeeded(term.text, best).filter((way) => insideWays.has(way) && !isOpen(way, term.text, finds));
}

/** The kinds of values that require all records of a product. They are used only if no other kind matched. */
const lastWays: ReadonlySet<TermWay> = new Set(['part', 'record']);

/**
 * Scans all products for records that have the number, if this is still needed; undefined while records must still be
 * fetched.
 */
function lookedIntoParts(
  found: readonly Found[],
  finds: TermFinds,
  known: Known,
  ask: Fetches,
): LookedInto | 'nothing' | undefined {
  const ways = new Set(
    found.flatMap((each) => waysInside(each, finds, known)).filter((way) => lastWays.has(way)),
  );
  return ways.size === 0 || !finds.all ? 'nothing' : lookInto(finds.all, ways, known, ask);
}

/** Merges the results of two scans into one. */
function together(one: LookedInto | 'nothing', other: LookedInto | 'nothing'): LookedInto | 'nothing' {
  if (one === 'nothing') return other;
  if (other === 'nothing') return one;
  return {
    find: (folding) => [...one.find(folding), ...other.find(folding)],
    open: new Set([...one.open, ...other.open]),
    isCoded: one.isCoded && other.isCoded,
    untold: new Set([...one.untold, ...other.untold]),
    state: one.state.kind === 'complete' ? other.state : one.state,
  };
}

/** Scans the details of products, if this is needed; undefined while records must still be fetched. */
function lookedInto(
  found: readonly Found[],
  products: readonly Key[],
  finds: TermFinds,
  known: Known,
  ask: Fetches,
): LookedInto | 'nothing' | undefined {
  const needed = lookedIntoNeeded(found, products, finds, known, ask);
  const { bearing = [] } = finds;
  if (bearing.length === 0) return needed;
  // Products in the index cost no requests, so they are scanned for all kinds of values. The result proves nothing
  // about products outside the index.
  const inHeld = lookInto(bearing, insideWays, known, ask);
  if (needed === undefined || inHeld === undefined) return undefined;
  const held = { ...inHeld, open: new Set<TermWay>(), state: complete };
  return needed === 'nothing' ? held : together(needed, { ...held, isCoded: needed.isCoded });
}

function lookedIntoNeeded(
  found: readonly Found[],
  products: readonly Key[],
  finds: TermFinds,
  known: Known,
  ask: Fetches,
): LookedInto | 'nothing' | undefined {
  const inside = found.flatMap((each) => waysInside(each, finds, known));
  const ways = new Set(inside.filter((way) => !lastWays.has(way)));
  if (ways.size === 0) return 'nothing';
  if (finds.all) return lookInto(finds.all, ways, known, ask);
  if (!finds.looksInto) return 'nothing';
  const named = products.filter((product) => found.some(({ reached }) => isReached(product, reached)));
  const some = lookInto(named.slice(0, mostLookedInto), ways, known, ask);
  return some && { ...some, open: new Set(), state: complete };
}

function isReached(product: Key, reached: readonly Reached[]): boolean {
  return reached.some((each) => each.product === product && each.naming.by !== 'ATC');
}

/** Adds the products that a scan found. */
function within(found: Found, into: LookedInto, known: Known, ask: Fetches): Found {
  const { text } = found.term;
  const own = foldingsOf(found.term).flatMap(into.find);
  // A record with the name of the substance may also state its code. The code then finds further records.
  const codes = own.flatMap(({ resource }) => codesIn(resource, found.term));
  const term = codes.length === 0 ? found.term : termOf(text, [...found.term.codes, ...codes]);
  const all = new Set(codes.length === 0 ? own : foldingsOf(term).flatMap(into.find));
  const inside = [...all].flatMap(({ product, key, resource }): readonly Reached[] => {
    const [naming] = namingsIn(resource, term);
    if (!naming) return [];
    return [{ product, package: packageOf(key, naming, known, ask)?.key, naming }];
  });
  return { ...found, term, reached: [...found.reached, ...inside] };
}

function lookedUp(
  { term, reached, doubts, untold: untoldWays }: Found,
  into: LookedInto | 'nothing',
  finds: TermFinds,
  known: Known,
): Settled {
  const { text } = term;
  const best = bestOf(reached);
  const isTold = (way: TermWay): boolean =>
    isOpen(way, text, finds) ||
    (way === 'id' && isIdTold(text, known)) ||
    (way === 'record' && isRecordTold(term, known)) ||
    (into !== 'nothing' &&
      into.open.has(way) &&
      (way !== 'substance' || into.isCoded || !term.isSubstanceCode));
  const needed = waysNeeded(
    text,
    best.map(({ naming }) => naming),
  );
  const isUntold = needed.some((way) => untoldWays.has(way) || (into !== 'nothing' && into.untold.has(way)));
  const isWhole =
    (best.length > 0 || !isGroup(text)) && doubts.length === 0 && !isUntold && needed.every(isTold);
  const matches = matchesOf(best);
  return {
    term: text,
    kind: isWhole ? kindOf(matches.length, best) : 'UNSEARCHABLE',
    matches,
    doubts,
    isUntold,
  };
}

/**
 * Returns one match for each product. It names a package only if no other package of the product has the same number.
 */
function matchesOf(best: readonly Reached[]): readonly TermMatch[] {
  const matches = new Map<Key, TermMatch>();
  for (const { product, package: pack, naming } of best) {
    const before = matches.get(product);
    if (!before) matches.set(product, { product, package: pack, how: naming.by, value: naming.value });
    else if (before.package !== pack && isSameNumber(before, naming))
      matches.set(product, { ...before, package: undefined });
  }
  return [...matches.values()].sort((a, b) => compareKeys(a.product, b.product));
}

function isSameNumber({ how }: TermMatch, { by }: Naming): boolean {
  return how === by;
}

/** Returns the reasons why a record may lead to further products. */
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

function kindOf(products: number, best: readonly Reached[]): TermKind {
  if (products === 0) return 'NONE';
  // The term matches only the beginning of a word in the names. So the match is partial, whatever the number of
  // products.
  if (best.every(({ naming }) => naming.tier === nameTiers.beginning)) return 'PARTIAL';
  if (products > 1) return 'AMBIGUOUS';
  return best.some(({ naming }) => naming.isMain) ? 'EXACT' : 'ALIAS';
}

/**
 * Whether it is certain that no record has this id. For manufactured items, it is not certain: a package may refer to
 * an item that does not exist, and the id in the reference also matches.
 */
function isRecordTold({ key }: Term, known: Known): boolean {
  return key !== undefined && known.reading(key) === 'absent' && !isOfType(key, itemType);
}

/** Whether a read has shown if a product with this id exists. */
function isIdTold(term: string, known: Known): boolean {
  const key = idKeyOf(term);
  const reading = key === undefined ? undefined : known.reading(key);
  return isHeld(reading) || reading === 'absent';
}
