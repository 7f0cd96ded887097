/** A route that remembers: what earlier operations have read is not asked again while it is fresh. */
import { isOutage, isPmsError, type ErrorCode } from '../../errors.js';
import { questionOf } from '../follow.js';
import { typeOf, type Key } from '../key.js';
import { isHeld, type Missing } from '../known.js';
import type { Bundled, Reverse } from '../link.js';
import type { Age, Memory } from '../memory.js';
import { completeRelation, type Relation } from '../relation.js';
import { searchQuestion, termsQuestion } from '../selection.js';
import type { Operation, Route } from './route.js';

/** An older answer is better than none: where there was none, or this operation had nothing left to ask with. */
function isUnanswered(outcome: unknown): boolean {
  return isOutage(outcome) || (isPmsError(outcome) && unasked.has(outcome.code));
}

const unasked: ReadonlySet<ErrorCode> = new Set([
  'OVERLOADED',
  'UPSTREAM_BUDGET_EXCEEDED',
  'UPSTREAM_INCOMPLETE',
]);

export interface Remembering extends Pick<Operation, 'known' | 'elementsOf'> {
  readonly memory: Memory;
  /** Whether lists are found in the bundles of products: then these are remembered, and no list by itself. */
  readonly hasBundles: boolean;
  /** When the oldest answer was read that this operation goes by. */
  readonly asOf: () => Date;
  /** Told of each list and record that needs no request, and when it was read. */
  readonly onHit: (asOf: Date) => void;
  /** Told where products were remembered, and what was to come along with them is asked for. */
  readonly onRest: () => void;
}

export function createRememberingRoute(
  inner: Route,
  { memory, known, elementsOf, hasBundles, asOf, onHit, onRest }: Remembering,
): Route {
  const kept = new Set<Key>();
  let hasRecalledRoot = false;

  /** Takes records over from memory; false where one of them is not there, and then none is taken. */
  function recall(keys: readonly Key[], age: Age): boolean {
    const held = keys.map((key) => memory.record(key, elementsOf(typeOf(key)), age));
    if (held.some((each) => !each?.origin)) return false;
    for (const each of held) if (each?.origin) known.hold(each.resource, each.origin);
    return true;
  }

  /** A product's bundle stands for all lists of what belongs to it. */
  function recallBundle(product: Key, age: Age): boolean {
    const before = known.bundle(product);
    if (before?.state.kind === 'complete') return true;
    const bundle = memory.list<readonly Key[]>(bundleName(product), age);
    if (!bundle || !recall(bundle.list, age)) return false;
    const { list, staleSince } = bundle;
    onHit(bundle.asOf);
    kept.add(product);
    known.settleBundle(product, { keys: new Set(list), state: { kind: 'complete' }, staleSince });
    return true;
  }

  function keepBundles(products: Iterable<Key>): void {
    for (const product of products) {
      const bundle = known.bundle(product);
      if (bundle?.state.kind !== 'complete' || kept.has(product)) continue;
      kept.add(product);
      memory.keepList(bundleName(product), [...bundle.keys], bundle.keys.size, asOf());
      for (const key of bundle.keys) memory.keepList(ownerName(key), { product }, 1, asOf());
    }
  }

  /** What is in no bundle that is known says nothing of what belongs to it: it comes with its product's. */
  function recallRecord(key: Key, age: Age): boolean {
    if (!hasBundles || isProduct(key)) return recallAlone(key, age);
    const owner = memory.list<{ readonly product: Key }>(ownerName(key), age);
    return owner !== undefined && recallBundle(owner.list.product, age) && isHeld(known.reading(key));
  }

  function recallAlone(key: Key, age: Age): boolean {
    if (!recall([key], age)) return false;
    const reading = known.reading(key);
    if (isHeld(reading) && reading.origin) onHit(reading.origin.fetchedAt);
    return true;
  }

  function recallChildren(name: string, age: Age): Relation | undefined {
    const kept = memory.list<readonly Key[]>(name, age);
    if (!kept || !recall(kept.list, age)) return undefined;
    onHit(kept.asOf);
    return completeRelation(kept.list, kept.staleSince);
  }

  /** Fresh from memory, else from the upstream; where that fails, as old as it may be. */
  async function answer<Answer extends object>(
    name: string,
    ask: () => Promise<Answer>,
    keysIn: (answer: Answer) => readonly Key[] | undefined,
  ): Promise<Answer> {
    const fresh = recallAnswer<Answer>(name, 'fresh');
    if (fresh) return fresh;
    const asked = await ask();
    if (isUnanswered(asked)) return recallAnswer<Answer>(name, 'any') ?? asked;
    const keys = keysIn(asked);
    const records = keys?.filter((key) => isHeld(known.reading(key)));
    if (records) memory.keepList(name, { answer: asked, records }, records.length, asOf());
    return asked;
  }

  function recallAnswer<Answer extends object>(name: string, age: Age): Answer | undefined {
    const kept = memory.list<{ readonly answer: Answer; readonly records: readonly Key[] }>(name, age);
    if (!kept || !recall(kept.list.records, age)) return undefined;
    onHit(kept.asOf);
    hasRecalledRoot = true;
    const { answer: before } = kept.list;
    return kept.staleSince && 'positions' in before ? { ...before, staleSince: kept.staleSince } : before;
  }

  async function children(question: Reverse | Bundled, parents: readonly Key[]): Promise<Map<Key, Relation>> {
    return hasBundles ? childrenInBundles(question, parents) : childrenInLists(question, parents);
  }

  async function childrenInBundles(
    question: Reverse | Bundled,
    parents: readonly Key[],
  ): Promise<Map<Key, Relation>> {
    const products = parents.filter(isProduct);
    for (const product of products) recallBundle(product, 'fresh');
    const found = new Map(await inner.children(question, parents));
    keepBundles(products);
    const older = parents.filter((parent) => isOut(found.get(parent)) && recallBundle(parent, 'any'));
    if (older.length === 0) return found;
    for (const [parent, relation] of await inner.children(question, older)) found.set(parent, relation);
    return found;
  }

  async function childrenInLists(
    question: Reverse | Bundled,
    parents: readonly Key[],
  ): Promise<Map<Key, Relation>> {
    const found = new Map<Key, Relation>();
    const nameOf = (parent: Key): string => `${questionOf(question)} of ${parent}`;
    for (const parent of parents) {
      const relation = recallChildren(nameOf(parent), 'fresh');
      if (relation) found.set(parent, relation);
    }
    const left = parents.filter((parent) => !found.has(parent));
    if (left.length === 0) return found;
    if (hasRecalledRoot) onRest();
    for (const [parent, relation] of await inner.children(question, left)) {
      const older = isOut(relation) ? recallChildren(nameOf(parent), 'any') : undefined;
      found.set(parent, older ?? relation);
      if (relation.state.kind === 'complete' && relation.unresolved.length === 0)
        memory.keepList(nameOf(parent), [...relation.refs], relation.refs.length, asOf());
    }
    return found;
  }

  return {
    products: (search) =>
      answer(
        `products ${searchQuestion(search)} with ${(elementsOf(productType) ?? ['all']).join()}`,
        () => inner.products(search),
        (found) => {
          if (found instanceof Error || found.state.kind !== 'complete') return undefined;
          return 'found' in found ? found.found : found.refs;
        },
      ),

    terms: (terms) =>
      answer(
        `terms ${termsQuestion(terms)}`,
        () => inner.terms(terms),
        (finds) => {
          if (finds instanceof Error || finds.states.some(({ kind }) => kind !== 'complete'))
            return undefined;
          return finds.found;
        },
      ),

    children,

    async read(reads) {
      const missing = new Map<Key, Missing>();
      const left = new Map(reads);
      for (const [key, { deep }] of reads) {
        if (isProduct(key) && deep && hasBundles) recallBundle(key, 'fresh');
        if (!recallRecord(key, 'fresh')) {
          if (!memory.isAbsent(key)) continue;
          missing.set(key, 'absent');
          onHit(new Date());
        }
        left.delete(key);
      }
      if (left.size === 0) return missing;
      if (hasRecalledRoot) onRest();
      for (const [key, why] of await inner.read(left)) {
        // Routes say of all that they asked for why it would be missing.
        if (isHeld(known.reading(key)) || (isUnanswered(why) && recallRecord(key, 'any'))) continue;
        missing.set(key, why);
        if (why === 'absent') memory.keepAbsent(key);
      }
      if (hasBundles) keepBundles([...left.keys()].filter(isProduct));
      return missing;
    },
  };
}

const productType = 'MedicinalProductDefinition';

function bundleName(product: Key): string {
  return `all of ${product}`;
}

function ownerName(key: Key): string {
  return `owner of ${key}`;
}

function isOut(relation: Relation | undefined): boolean {
  if (relation?.state.kind === 'cut')
    return relation.state.reason === 'BUDGET' || relation.state.reason === 'TIME';
  return relation?.state.kind === 'failed' && isUnanswered(relation.state.error);
}

function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}
