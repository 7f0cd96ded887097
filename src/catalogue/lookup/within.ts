/**
 * Scans the details of products for values that no upstream search finds: numbers and bar codes of packages, and
 * substances.
 */
import { PmsError } from '../../errors.js';
import type { FhirResource } from '../../fhir/resources.js';
import { isOfType, keyOf, type Key } from '../graph/key.js';
import type { Link } from '../graph/link.js';
import { filterLinks, links } from '../graph/links.js';
import { complete, type CutReason, type State } from '../graph/relation.js';
import { follow, haveRead, type Fetches } from '../known/follow.js';
import { isHeld, type Known } from '../known/known.js';
import type { TermWay } from '../question/term.js';
import { unlessOdd } from '../../fhir/elements.js';
import { isUncoded } from '../../facts/substances/substances.js';
import { foldingsIn, untoldWaysOf } from './namings.js';
import { isShared } from './records.js';

/** A record that belongs to a product. */
export interface Within {
  readonly product: Key;
  readonly key: Key;
  readonly resource: FhirResource;
}

export interface LookedInto {
  /** Returns the records that contain a word or number in folded spelling. */
  readonly find: (folding: string) => readonly Within[];
  /** The kinds of values that were looked for in all records of all these products. */
  readonly open: ReadonlySet<TermWay>;
  /** Whether every substance has at least one code that could be read. */
  readonly isCoded: boolean;
  /** The kinds of values that cannot be read in some record. */
  readonly untold: ReadonlySet<TermWay>;
  /** The reason why not all records could be read. */
  readonly state: State;
}

const { details, belonging, edges } = filterLinks;
const linksOf: Readonly<Partial<Record<TermWay, readonly Link[]>>> = {
  package: [links['product.packages']],
  carrier: [links['product.packages']],
  authorization: [filterLinks.authorizations],
  procedure: [filterLinks.authorizations],
  substance: [filterLinks.ingredients],
  part: [belonging, edges],
  record: [belonging, edges, details],
};

/** Returns the links to the records that must be read to look for these kinds of values. */
export function linksInto(ways: Iterable<TermWay>): readonly Link[] {
  return [...new Set([...ways].flatMap((way) => linksOf[way] ?? []))];
}

/**
 * Scans the details of products; returns undefined while records must still be fetched. The function `ask` requests
 * these records.
 */
export function lookInto(
  products: readonly Key[],
  ways: ReadonlySet<TermWay>,
  known: Known,
  ask: Fetches,
): LookedInto | undefined {
  const parts = linksInto(ways).map((link) => ({ link, ...belowAll(products, link, known, ask) }));
  if (parts.some(({ isPending }) => isPending)) return undefined;
  const substances = parts.find(({ link }) => link === filterLinks.ingredients);
  const defined = substances && definitionsOf(substances.records, known, ask);
  if (defined?.isPending) return undefined;
  const byFolding = new Map<string, Within[]>();
  for (const each of onceEach([...parts.flatMap(({ records }) => records), ...(defined?.records ?? [])])) {
    for (const folding of new Set([each.key, keyOf(each.resource), ...foldingsIn(each.resource)])) {
      const held = byFolding.get(folding);
      if (held) held.push(each);
      else byFolding.set(folding, [each]);
    }
  }
  const untold = new Set(parts.flatMap((part) => [...part.untold]));
  const whole = new Set(parts.flatMap(({ link, state }) => (state.kind === 'complete' ? [link] : [])));
  return {
    find: (folding) => byFolding.get(folding) ?? [],
    open: new Set(
      [...ways].filter((way) => {
        const followed = linksOf[way] ?? [];
        return (
          followed.length > 0 &&
          followed.every((link) => whole.has(link)) &&
          (way !== 'substance' || defined?.isNamed !== false)
        );
      }),
    ),
    isCoded: defined?.isCoded ?? true,
    untold,
    state: parts.map(({ state }) => state).find(({ kind }) => kind === 'cut') ?? complete,
  };
}

/** Removes duplicates, because several links may lead from a product to the same record. */
function onceEach(records: readonly Within[]): Iterable<Within> {
  return new Map(records.map((each) => [`${each.product} ${each.key}`, each])).values();
}

interface Below {
  readonly records: readonly Within[];
  readonly untold: ReadonlySet<TermWay>;
  readonly state: State;
  readonly isPending: boolean;
}

function belowAll(products: readonly Key[], link: Link, known: Known, ask: Fetches): Below {
  const records: Within[] = [];
  const states: State[] = [];
  const untold = new Set<TermWay>();
  let isPending = false;
  for (const product of products) {
    if (!isHeld(known.reading(product))) continue;
    const relation = follow(link, product, known, ask);
    if (!relation || !haveRead(relation.refs, known, ask, false, product)) {
      isPending = true;
      continue;
    }
    states.push(link === edges && isRefused(relation.state) ? complete : stateFor(relation.state));
    for (const key of relation.refs) {
      const reading = known.reading(key);
      if (isHeld(reading)) {
        records.push({ product, key, resource: reading.resource });
        for (const way of untoldWaysOf(reading.resource)) untold.add(way);
      }
      if (reading instanceof PmsError && !isNeverShown(key, reading))
        states.push(stateFor({ kind: 'failed', error: reading }));
    }
  }
  const lacking = states.find(({ kind }) => kind === 'failed');
  const state = lacking ?? states.find(({ kind }) => kind === 'cut') ?? complete;
  return { records, untold, state, isPending };
}

function isRefused(state: State): boolean {
  return state.kind === 'failed' && state.error.code === 'UPSTREAM_UNSUPPORTED';
}

/**
 * Whether the upstream refers to the record but does not serve it. The service can then return only what the
 * reference states.
 */
function isNeverShown(key: Key, error: PmsError): boolean {
  return (
    (isShared(key) || isOfType(key, 'ManufacturedItemDefinition')) && isRefused({ kind: 'failed', error })
  );
}

/**
 * Turns an error into a gap. A product that could not be scanned makes terms undecided, but the lookup does not fail.
 */
function stateFor(state: State): State {
  if (state.kind !== 'failed' || state.error.code === 'UPSTREAM_UNSUPPORTED') return state;
  const reason: CutReason = state.error.code === 'UPSTREAM_INCOMPLETE' ? 'BUDGET' : 'PAGE_FAILED';
  return { kind: 'cut', reason };
}

interface Defined {
  readonly records: readonly Within[];
  readonly isPending: boolean;
  /** Whether every substance has a name or a code that could be read. */
  readonly isNamed: boolean;
  readonly isCoded: boolean;
}

/** Reads the substance records of those ingredients that state their substance only by a reference. */
function definitionsOf(ingredients: readonly Within[], known: Known, ask: Fetches): Defined {
  const records: Within[] = [];
  let [isPending, isNamed, isCoded] = [false, true, true];
  for (const { product, key, resource } of ingredients) {
    if (resource.resourceType !== 'Ingredient') continue;
    const isToldElsewhere = unlessOdd(() => isUncoded(resource.substance));
    if (isToldElsewhere === undefined) [isNamed, isCoded] = [false, false];
    if (!isToldElsewhere) continue;
    const relation = follow(links['substance.names'], key, known, ask);
    if (!relation || !haveRead(relation.refs, known, ask, false, key)) {
      isPending = true;
      continue;
    }
    const held = relation.refs.flatMap((ref): readonly Within[] => {
      const reading = known.reading(ref);
      return isHeld(reading) ? [{ product, key: ref, resource: reading.resource }] : [];
    });
    records.push(...held);
    if (held.length > 0) continue;
    isCoded = false;
    isNamed &&= Boolean(unlessOdd(() => resource.substance?.code?.reference?.display));
  }
  return { records, isPending, isNamed, isCoded };
}
