/** A profile that remembers: what earlier operations have read is not asked again while it is fresh. */
import { isOutage, isPmsError, type ErrorCode } from '../../errors.js';
import { typeOf, type Key } from '../graph/key.js';
import {
  isHeld,
  type Candidates,
  type Missing,
  type Origin,
  type RootList,
  type TermFinds,
} from '../known/known.js';
import type { FhirResource } from '../../fhir/resources.js';
import { isForbidden } from '../../store/freshness.js';
import type { Bundled, Reverse } from '../graph/link.js';
import type { Age, Memory } from './memory.js';
import type { Whereabouts } from '../upstream/whereabouts.js';
import { completeRelation, type Relation } from '../graph/relation.js';
import { searchQuestion, termsQuestion } from '../question/selection.js';
import type { Asking } from '../profiles/asking.js';
import type { Operation } from '../profiles/profile.js';

/** An older answer is better than none: where there was none, or this operation had nothing left to ask with. */
function isUnanswered(outcome: unknown): boolean {
  return isOutage(outcome) || (isPmsError(outcome) && unasked.has(outcome.code));
}

const unasked: ReadonlySet<ErrorCode> = new Set([
  'OVERLOADED',
  'UPSTREAM_BUDGET_EXCEEDED',
  'UPSTREAM_INCOMPLETE',
]);

export interface Remembering extends Pick<Operation, 'known' | 'elementsOf' | 'features'> {
  readonly memory: Memory;
  readonly whereabouts: Whereabouts;
  /** Whether lists are found in the bundles of products: then these are remembered, and no list by itself. */
  readonly hasBundles: boolean;
  /** When the oldest answer was read that this operation goes by. */
  readonly asOf: () => Date;
  /** Told of each list and record that needs no request, and when it was read. */
  readonly onHit: (asOf: Date) => void;
}

export function createRememberingProfile(
  inner: Asking,
  { memory, whereabouts, known, elementsOf, features, hasBundles, asOf, onHit }: Remembering,
): Asking {
  const kept = new Set<Key>();

  /**
   * Takes records over from memory.
   * @param asOf of the list that they are in
   * @returns when the oldest of all was read; undefined where one of them is not there, and then none is taken
   */
  function recall(keys: readonly Key[], age: Age, asOf = new Date()): Date | undefined {
    let oldest = asOf;
    const all: { readonly resource: FhirResource; readonly origin: Origin }[] = [];
    for (const key of keys) {
      const { resource, origin } = memory.record(key, elementsOf(typeOf(key)), age) ?? {};
      if (!resource || !origin) return undefined;
      all.push({ resource, origin });
      if (origin.fetchedAt < oldest) oldest = origin.fetchedAt;
    }
    for (const { resource, origin } of all) known.hold(resource, origin);
    return oldest;
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
    const oldest = bundle && recall(bundle.list, age, bundle.asOf);
    if (!bundle || !oldest) return false;
    const { list, staleSince } = bundle;
    onHit(oldest);
    kept.add(product);
    known.settleBundle(product, { keys: new Set(list), state: { kind: 'complete' }, staleSince });
    return true;
  }

  function keepBundles(products: Iterable<Key>): void {
    for (const product of products) {
      const bundle = known.bundle(product);
      if (bundle?.state.kind !== 'complete' || bundle.unidentified?.length || kept.has(product)) continue;
      // That there is no such product is believed for less long.
      if (!bundle.keys.has(product)) continue;
      kept.add(product);
      const keys = [...bundle.keys];
      memory.keepList(bundleName(product), keys, keys, asOf());
    }
  }

  /** What is in no bundle that is known says nothing of what belongs to it: it comes with its product's. */
  function recallRecord(key: Key, age: Age): boolean {
    if (!hasBundles || isProduct(key)) return recallAlone(key, age);
    const product = whereabouts.of(key);
    return product !== undefined && recallBundle(product, age) && isHeld(known.reading(key));
  }

  function recallAlone(key: Key, age: Age): boolean {
    const oldest = recall([key], age);
    if (oldest) onHit(oldest);
    return oldest !== undefined;
  }

  function bringBundles(products: readonly Key[], age: Age): Promise<boolean> {
    return memory.bring({ lists: products.map(bundleName), isList: isKeys, records: [], elementsOf, age });
  }

  async function bringRecords(
    keys: readonly Key[],
    reads: ReadonlyMap<Key, { readonly deep: boolean }>,
    age: Age,
  ): Promise<boolean> {
    if (!hasBundles) return memory.bring({ lists: [], isList: isKeys, records: keys, elementsOf, age });
    const [products, others] = [keys.filter(isProduct), keys.filter((key) => !isProduct(key))];
    const deep = products.filter((key) => reads.get(key)?.deep);
    const owners = [...(await whereabouts.find(others)).values()];
    const lists = [...new Set([...deep, ...owners])].map(bundleName);
    return memory.bring({ lists, isList: isKeys, records: products, elementsOf, age });
  }

  function recallChildren(name: string, age: Age): Relation | undefined {
    const kept = memory.list<readonly Key[]>(name, age);
    const oldest = kept && recall(kept.list, age, kept.asOf);
    if (!kept || !oldest) return undefined;
    onHit(oldest);
    return completeRelation(kept.list, kept.staleSince);
  }

  /**
   * Fresh from memory, else from the upstream; where that fails, as old as it may be.
   * @param names that it may be remembered by
   * @param placeOf where a new one is remembered, with the records in it; undefined for what is not to be
   */
  async function answer<Answer extends object>(
    names: readonly string[],
    ask: () => Promise<Answer>,
    placeOf: (answer: Answer) => { readonly name: string; readonly keys: readonly Key[] } | undefined,
  ): Promise<Answer> {
    const fresh = await broughtAnswer<Answer>(names, 'fresh');
    if (fresh) return fresh;
    const asked = await ask();
    if (isUnanswered(asked)) return (await broughtAnswer<Answer>(names, 'any')) ?? asked;
    const place = placeOf(asked);
    const records = place?.keys.filter((key) => isHeld(known.reading(key)));
    if (place && records) memory.keepList(place.name, { answer: asked, records }, records, asOf());
    return asked;
  }

  async function broughtAnswer<Answer extends object>(
    names: readonly string[],
    age: Age,
  ): Promise<Answer | undefined> {
    const here = recallAnswer<Answer>(names, age);
    if (here || !(await memory.bring({ lists: names, isList: isRootAnswer, records: [], elementsOf, age })))
      return here;
    return recallAnswer<Answer>(names, age);
  }

  /** The youngest of those that are remembered with all that is needed of their records. */
  function recallAnswer<Answer extends object>(names: readonly string[], age: Age): Answer | undefined {
    const all = names.flatMap((name) => memory.list<RootAnswer<Answer>>(name, age) ?? []);
    for (const kept of all.sort((a, b) => b.asOf.getTime() - a.asOf.getTime())) {
      const oldest = recall(kept.list.records, age, kept.asOf);
      if (!oldest) continue;
      onHit(oldest);
      const { answer: before } = kept.list;
      return kept.staleSince ? { ...before, staleSince: kept.staleSince } : before;
    }
    return undefined;
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
    for (const [parent, { state }] of found)
      if (state.kind === 'failed' && isForbidden(state.error)) memory.forget(parent, asOf(), false);
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
    const nameOf = (parent: Key): string => `${question.asks} of ${parent}`;
    const recallLists = (of: readonly Key[], age: Age): Promise<ReadonlySet<Key>> =>
      recallAll(
        of,
        (parent) => {
          const relation = recallChildren(nameOf(parent), age);
          if (relation) found.set(parent, relation);
          return relation !== undefined;
        },
        (left) => memory.bring({ lists: left.map(nameOf), isList: isKeys, records: [], elementsOf, age }),
      );
    const left = [...(await recallLists(parents, 'fresh'))];
    if (left.length === 0) return found;
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
    products(search) {
      const { withTotal } = search;
      const question = `products ${searchQuestion({ ...search, withTotal: false })}`;
      // The links of a list that goes on bring no more than its first page: who needs more must not be given them.
      const brings = inner.brings(search);
      const nameOf = (hasNext: boolean, isCounted: boolean): string =>
        `${question}${hasNext ? ` bringing ${brings}` : ''}${isCounted ? ' counted' : ''}`;
      const counted = [nameOf(false, true), nameOf(true, true)];
      return answer(
        withTotal ? counted : [...counted, nameOf(false, false), nameOf(true, false)],
        () => inner.products(search),
        (found) => {
          if (found instanceof Error || found.state.kind !== 'complete') return undefined;
          if ('found' in found) return { name: nameOf(false, true), keys: found.found };
          const { hasNext, refs, total } = found;
          return { name: nameOf(hasNext, withTotal || total !== null), keys: refs };
        },
      );
    },

    brings: (search) => inner.brings(search),

    terms(terms) {
      // What is found of a term depends on which searches there are.
      const name = `terms ${termsQuestion(terms)} by ${[...features.all.keys()].sort().join()}`;
      return answer(
        [name],
        () => inner.terms(terms),
        (finds) => {
          if (finds instanceof Error || finds.states.some(({ kind }) => kind !== 'complete'))
            return undefined;
          return { name, keys: finds.found };
        },
      );
    },

    asked: (question) => inner.asked(question),

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
          const since = memory.absentSince(key);
          if (!since) return false;
          missing.set(key, 'absent');
          onHit(since);
          return true;
        },
        (left) => bringRecords(left, reads, 'fresh'),
      );
      if (unknown.size === 0) return missing;
      const left = new Map([...reads].filter(([key]) => unknown.has(key)));
      for (const [key, why] of await inner.read(left)) {
        // Routes say of all that they asked for why it would be missing.
        if (isHeld(known.reading(key))) continue;
        missing.set(key, why);
        if (why === 'absent' || (isPmsError(why) && isForbidden(why)))
          memory.forget(key, asOf(), why === 'absent');
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

function isKeys(list: unknown): list is readonly Key[] {
  return Array.isArray(list) && list.every((key) => typeof key === 'string');
}

/** What was found, and the records in it. */
interface RootAnswer<Answer extends object> {
  readonly answer: Answer;
  readonly records: readonly Key[];
}

/** What is found by a search, whatever it was for: rows and where they go on, candidates, what terms have found. */
function isRootAnswer(list: object): boolean {
  if (!('answer' in list && 'records' in list && isKeys(list.records))) return false;
  const answer = list.answer as Partial<RootList & Candidates & TermFinds> | null;
  if (typeof answer !== 'object' || answer === null) return false;
  const { refs, positions, state, found, satisfied, open, lacking, states } = answer;
  if (positions) return isKeys(refs) && Array.isArray(positions) && state?.kind === 'complete';
  if (satisfied) return isKeys(found) && Array.isArray(satisfied) && state?.kind === 'complete';
  const { tooMany, codes } = answer;
  const areSets = [open, lacking, tooMany].every((each) => each instanceof Set);
  return isKeys(found) && areSets && codes instanceof Map && Array.isArray(states);
}

const productType = 'MedicinalProductDefinition';

function bundleName(product: Key): string {
  return `all of ${product}`;
}

function isOut(relation: Relation | undefined): boolean {
  if (relation?.state.kind === 'cut')
    return relation.state.reason === 'BUDGET' || relation.state.reason === 'TIME';
  return relation?.state.kind === 'failed' && isUnanswered(relation.state.error);
}

function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}
