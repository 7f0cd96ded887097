/** Computes the index rows of a product from its bundle. It follows the same links as filters do. */
import { PmsError } from '../../../errors.js';
import type { Subject } from '../../../facts/fact.js';
import type { ResourceOf } from '../../../fhir/resources.js';
import type { HeldProduct } from '../../../search-index/search-index.js';
import { deriveRows, type DerivedRows, type IndexedRecords } from '../../../search-index/derive-rows.js';
import type { Key } from '../../graph/key.js';
import { self, type Link } from '../../graph/link.js';
import { filterLinks } from '../../graph/links.js';
import { complete, type Relation } from '../../graph/relation.js';
import { follow, type Fetches } from '../../known/follow.js';
import { createKnown, isHeld, type Bundle, type Known } from '../../known/known.js';
import { holderOf, subjectLinks } from '../../search/subjects.js';
import { searchedOf } from './bring.js';
import { tokensOf } from './tokens.js';
import { createBundleLists } from '../everything/bundle-lists.js';

const productType = 'MedicinalProductDefinition';

/**
 * Maximum number of times that one link is followed within a product. Each time may show that a further step is
 * needed.
 */
const longestWay = 50;

/** A product with all of its details. */
export interface WholeProduct extends Pick<HeldProduct, 'records' | 'unidentified' | 'searched'> {
  readonly product: Key;
}

/** Returns the index rows of a product; undefined if the bundle does not contain the product record itself. */
export function rowsOfProduct({
  product,
  records,
  unidentified,
  searched,
}: WholeProduct): DerivedRows | undefined {
  const known = createKnown();
  const origin = { url: '', fetchedAt: new Date(0), stale: false };
  const keys = new Set(records.map((record) => known.hold(record, origin)));
  const bundle: Bundle = { keys, unidentified, state: complete, searched: searchedOf({ searched }) };
  known.settleBundle(product, bundle);
  const reading = known.reading(product);
  if (!isHeld(reading) || reading.resource.resourceType !== productType) return undefined;
  const ask = fetchesWithin(known, bundle);
  const all = [...keys].flatMap((key) => {
    const held = known.reading(key);
    return isHeld(held) ? [held.resource] : [];
  });
  const found = new Map<Subject, IndexedRecords>();
  const { rows, tokens } = deriveRows({
    product: reading.resource as ResourceOf<typeof productType>,
    records(subject) {
      const before = found.get(subject);
      if (before) return before;
      const records = recordsAt(subjectLinks[subject] ?? self, product, known, ask);
      found.set(subject, records);
      return records;
    },
    holders: (authorization) => recordsAt(holderOf, authorization, known, ask),
  });
  const others = recordsAt(filterLinks.details, product, known, ask).records.flatMap(({ key, resource }) =>
    resource && !keys.has(key) ? [resource] : [],
  );
  return { rows, tokens: [...tokens, ...tokensOf(all, others)] };
}

/** Reads children and records only from the bundle. A record outside the bundle counts as missing. */
function fetchesWithin(known: Known, bundle: Bundle): Fetches {
  const lists = createBundleLists(known, () => [bundle]);
  return {
    children: (question, parent) =>
      known.settleChildren(question.asks, parent, lists.childrenOf(question, parent)),
    read: (key) => known.settleReading(key, 'unseen'),
  };
}

function recordsAt(link: Link, from: Key, known: Known, ask: Fetches): IndexedRecords {
  const { refs, unresolved, state } = followed(link, from, known, ask);
  const records = refs.map((key) => {
    if (known.reading(key) === undefined) ask.read(key, false);
    const reading = known.reading(key);
    return { key, resource: isHeld(reading) ? reading.resource : undefined };
  });
  const isComplete = state.kind === 'complete';
  return {
    records,
    isComplete,
    isWhole: isComplete && unresolved.length === 0 && records.every(({ resource }) => resource),
  };
}

function followed(link: Link, from: Key, known: Known, ask: Fetches): Relation {
  for (let step = 0; step < longestWay; step += 1) {
    const relation = follow(link, from, known, ask);
    if (relation) return relation;
  }
  throw new PmsError('INTERNAL_SERVER_ERROR', 'A link has too many steps, or never ends.');
}
