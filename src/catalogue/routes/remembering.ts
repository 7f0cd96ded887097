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

/** Where a record was found. */
interface Owner {
  readonly product: Key;
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

  /**
   * Of what is wanted, what neither this process nor another replica remembers.
   * @param recallOne whether this process did
   */
  async function recallAll<Each>(
    wanted: readonly Each[],
    recallOne: (each: Each) => boolean,
    bring: (left: readonly Each[]) => Promise<boolean>,
  ): Promise<ReadonlySet<Each>> {
    const left = wanted.filter((each) => !recallOne(each));
    if (left.length === 0 || !(await bring(left))) return new Set(left);
    return new Set(left.filter((each) => !recallOne(each)));
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
      // That there is no such product is believed for less long.
      if (!bundle.keys.has(product)) continue;
      kept.add(product);
      const keys = [...bundle.keys];
      memory.keepList(bundleName(product), keys, keys, asOf());
      for (const key of keys) memory.keepList(ownerName(key), { product }, [], asOf());
    }
  }

  /** What is in no bundle that is known says nothing of what belongs to it: it comes with its product's. */
  function recallRecord(key: Key, age: Age): boolean {
    if (!hasBundles || isProduct(key)) return recallAlone(key, age);
    const owner = memory.list<Owner>(ownerName(key), age);
    return owner !== undefined && recallBundle(owner.list.product, age) && isHeld(known.reading(key));
  }

  function recallAlone(key: Key, age: Age): boolean {
    if (!recall([key], age)) return false;
    const reading = known.reading(key);
    if (isHeld(reading) && reading.origin) onHit(reading.origin.fetchedAt);
    return true;
  }

  function bringBundles(products: readonly Key[], age: Age): Promise<boolean> {
    return memory.bring({ lists: products.map(bundleName), records: [], elementsOf, age });
  }

  async function bringRecords(
    keys: readonly Key[],
    reads: ReadonlyMap<Key, { readonly deep: boolean }>,
    age: Age,
  ): Promise<boolean> {
    if (!hasBundles) return memory.bring({ lists: [], records: keys, elementsOf, age });
    const [products, others] = [keys.filter(isProduct), keys.filter((key) => !isProduct(key))];
    const deep = products.filter((key) => reads.get(key)?.deep);
    const lists = [...deep.map(bundleName), ...others.map(ownerName)];
    const isShared = await memory.bring({ lists, records: products, elementsOf, age });
    const owners = others.flatMap((key) => memory.list<Owner>(ownerName(key), age)?.list.product ?? []);
    return isShared && (owners.length === 0 || bringBundles(owners, age));
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
    const fresh = await broughtAnswer<Answer>(name, 'fresh');
    if (fresh) return fresh;
    const asked = await ask();
    if (isUnanswered(asked)) return (await broughtAnswer<Answer>(name, 'any')) ?? asked;
    const keys = keysIn(asked);
    const records = keys?.filter((key) => isHeld(known.reading(key)));
    if (records) memory.keepList(name, { answer: asked, records }, records, asOf());
    return asked;
  }

  async function broughtAnswer<Answer extends object>(name: string, age: Age): Promise<Answer | undefined> {
    const here = recallAnswer<Answer>(name, age);
    if (here || !(await memory.bring({ lists: [name], records: [], elementsOf, age }))) return here;
    return recallAnswer<Answer>(name, age);
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
    await recallAll(
      products,
      (product) => recallBundle(product, 'fresh'),
      (left) => bringBundles(left, 'fresh'),
    );
    const found = new Map(await inner.children(question, parents));
    keepBundles(products);
    const out = parents.filter((parent) => isOut(found.get(parent)));
    const lost = await recallAll(
      out,
      (product) => recallBundle(product, 'any'),
      (left) => bringBundles(left, 'any'),
    );
    const older = out.filter((parent) => !lost.has(parent));
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
    const recallLists = (of: readonly Key[], age: Age): Promise<ReadonlySet<Key>> =>
      recallAll(
        of,
        (parent) => {
          const relation = recallChildren(nameOf(parent), age);
          if (relation) found.set(parent, relation);
          return relation !== undefined;
        },
        (left) => memory.bring({ lists: left.map(nameOf), records: [], elementsOf, age }),
      );
    const left = [...(await recallLists(parents, 'fresh'))];
    if (left.length === 0) return found;
    if (hasRecalledRoot) onRest();
    const asked = await inner.children(question, left);
    for (const [parent, relation] of asked) {
      found.set(parent, relation);
      if (relation.state.kind === 'complete' && relation.unresolved.length === 0)
        memory.keepList(nameOf(parent), relation.refs, relation.refs, asOf());
    }
    await recallLists(
      left.filter((parent) => isOut(asked.get(parent))),
      'any',
    );
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
      const recallOne = (key: Key, age: Age): boolean => {
        if (isProduct(key) && reads.get(key)?.deep && hasBundles) recallBundle(key, age);
        return recallRecord(key, age);
      };
      const unknown = await recallAll(
        [...reads.keys()],
        (key) => {
          if (recallOne(key, 'fresh')) return true;
          if (!memory.isAbsent(key)) return false;
          missing.set(key, 'absent');
          onHit(new Date());
          return true;
        },
        (left) => bringRecords(left, reads, 'fresh'),
      );
      if (unknown.size === 0) return missing;
      if (hasRecalledRoot) onRest();
      const left = new Map([...reads].filter(([key]) => unknown.has(key)));
      for (const [key, why] of await inner.read(left)) {
        // Routes say of all that they asked for why it would be missing.
        if (isHeld(known.reading(key))) continue;
        missing.set(key, why);
        if (why === 'absent') memory.keepAbsent(key);
      }
      const out = [...missing].flatMap(([key, why]) => (isUnanswered(why) ? [key] : []));
      const lost = await recallAll(
        out,
        (key) => recallRecord(key, 'any'),
        (keys) => bringRecords(keys, reads, 'any'),
      );
      for (const key of out) if (!lost.has(key)) missing.delete(key);
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
