/**
 * The profile that answers from the index. It reads the details of products from stored bundles, without upstream
 * requests.
 */
import { isOutage } from '../../../errors.js';
import { typeOf, type Key } from '../../graph/key.js';
import { parts, type Bundled, type Reverse } from '../../graph/link.js';
import type { Relation } from '../../graph/relation.js';
import { upward } from '../../graph/links.js';
import { isHeld, type Bundle, type Known, type Missing } from '../../known/known.js';
import type { RecordRead } from '../../known/next-fetches.js';
import type { Whereabouts } from '../../upstream/whereabouts.js';
import type { OperationAnswers } from '../operation-answers.js';
import { createBundleLists } from '../everything/bundle-lists.js';
import type { Bringing } from './bring.js';
import type { IndexWriter } from './writer.js';

const productType = 'MedicinalProductDefinition';

/** The searches that find the products of a record. */
const upwardQuestions: ReadonlySet<string> = new Set(
  Object.values(upward)
    .flatMap(parts)
    .flatMap((part) => (part.kind === 'reverse' ? [part.asks] : [])),
);

export interface HeldOptions extends Bringing {
  readonly writer: IndexWriter;
  readonly known: Known;
  readonly whereabouts: Whereabouts;
  /**
   * Whether one request reads several records. If a product is missing from such a response, this does not prove that
   * it was deleted.
   */
  readonly readsMany: boolean;
}

/** @param inner the profile that reads records that are missing or too old in the index */
export function createHeldProfile(
  inner: Pick<OperationAnswers, 'children' | 'read'>,
  { bring, ownersOf: heldWith, writer, known, whereabouts, readsMany }: HeldOptions,
): Pick<OperationAnswers, 'children' | 'read'> {
  const lists = createBundleLists(known, () => []);

  /** Returns the products whose bundles contain the children of these records. */
  async function ownersOf(keys: readonly Key[]): Promise<readonly Key[]> {
    const others = keys.filter((key) => !isProduct(key) && known.bundlesWith(key).length === 0);
    const seen = others.length > 0 ? await whereabouts.find(others) : new Map<Key, Key>();
    // The index may contain records that were written before this process started.
    const owners = await heldWith(others.filter((key) => !seen.has(key)));
    return [...new Set([...keys.filter(isProduct), ...seen.values(), ...owners.values()])];
  }

  function isAnswered({ asks }: Reverse | Bundled, parent: Key): boolean {
    const own = known.bundle(parent);
    const bundles = isProduct(parent) ? (own ? [own] : []) : known.bundlesWith(parent);
    // A record of a product, for example a substance, may also belong to other products. If the product was read by
    // searches, its bundle does not contain those products, so only a search finds them.
    const isTold = ({ isIndexed, searched }: Bundle): boolean =>
      isIndexed === true && (!searched || !upwardQuestions.has(asks));
    return bundles.length > 0 && bundles.every(isTold);
  }

  /**
   * Whether the record does not exist. This is certain if a bundle was read with everything that it refers to, and
   * the record was not found.
   */
  function isAbsent(key: Key): boolean {
    return known.bundlesWith(key).some(({ isIndexed, searched }) => isIndexed && searched?.absent.has(key));
  }

  function isReadBySearches(key: Key): boolean {
    return known.bundlesWith(key).some(({ searched }) => searched);
  }

  async function askChildren(
    question: Reverse | Bundled,
    parents: readonly Key[],
  ): Promise<ReadonlyMap<Key, Relation>> {
    const products = parents.filter((parent) => isProduct(parent) && !known.bundle(parent));
    const found = await inner.children(question, parents);
    writer.note(products, known);
    return found;
  }

  return {
    async children(question, parents) {
      await bring(await ownersOf(parents));
      const found = new Map<Key, Relation>();
      const left = parents.filter((parent) => !isAnswered(question, parent));
      for (const parent of parents)
        if (isAnswered(question, parent)) found.set(parent, lists.childrenOf(question, parent));
      if (left.length === 0) return found;
      for (const [parent, relation] of await askChildren(question, left)) found.set(parent, relation);
      const out = left.filter((parent) => isOut(found.get(parent)));
      if (out.length > 0) await bringWithout(out);
      for (const parent of out)
        if (isAnswered(question, parent)) found.set(parent, lists.childrenOf(question, parent));
      return found;
    },

    async read(reads) {
      const nameless = [...reads].flatMap(([key, { from }]) => (from.size === 0 ? [key] : []));
      const referring = [...reads.values()].flatMap(({ from }) => [...from].filter(isProduct));
      await bring([...new Set([...(await ownersOf(nameless)), ...productsIn(reads), ...referring])]);
      const missing = new Map<Key, Missing>();
      const left = new Map([...reads].filter(([key]) => !isHeld(known.reading(key))));
      await bringOwners(left);
      for (const key of left.keys()) {
        if (isHeld(known.reading(key))) left.delete(key);
        else if (isAbsent(key) && left.delete(key)) missing.set(key, 'absent');
      }
      if (left.size === 0) return missing;
      const products = [...left.keys()].filter((key) => isProduct(key) && !known.bundle(key));
      // Profiles return a reason for each requested key, even if the record arrived from another source.
      for (const [key, why] of await inner.read(left)) if (!isHeld(known.reading(key))) missing.set(key, why);
      writer.note(products, known);
      if (!readsMany || products.length === 1)
        writer.noteGone(products.filter((product) => missing.get(product) === 'absent'));
      const out = [...missing].flatMap(([key, why]) => (isOutage(why) ? [key] : []));
      if (out.length > 0) await bringWithout(out);
      for (const key of out) if (isHeld(known.reading(key))) missing.delete(key);
      return missing;
    },
  };

  /** Copies products from the index, whatever their age. This is done while the upstream is down. */
  async function bringWithout(keys: readonly Key[]): Promise<void> {
    await bring(await ownersOf(keys), Number.POSITIVE_INFINITY);
  }

  /**
   * Copies the products that referenced records belong to. A record may refer to a record of another product. An
   * upstream search finds such a record, so the index must find it too.
   */
  async function bringOwners(reads: ReadonlyMap<Key, RecordRead>): Promise<void> {
    const others = [...reads].filter(([, { from }]) => [...from].some(isReadBySearches));
    await bring(await ownersOf(others.map(([key]) => key).filter((key) => !isProduct(key))));
  }
}

function productsIn(reads: ReadonlyMap<Key, RecordRead>): readonly Key[] {
  return [...reads.keys()].filter(isProduct);
}

function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}

function isOut(relation: Relation | undefined): boolean {
  return relation?.state.kind === 'failed' && isOutage(relation.state.error);
}
