/** The profile of the index: what belongs to products is read from held bundles, and asks nothing of the upstream. */
import { isOutage } from '../../../errors.js';
import { typeOf, type Key } from '../../graph/key.js';
import type { Bundled, Reverse } from '../../graph/link.js';
import type { Relation } from '../../graph/relation.js';
import { isHeld, type Known, type Missing } from '../../known/known.js';
import type { WantedRead } from '../../known/wanted.js';
import type { Whereabouts } from '../../upstream/whereabouts.js';
import type { Asking } from '../asking.js';
import { createBundleLists } from '../everything/bundle-lists.js';
import type { Bringing } from './bring.js';
import type { IndexWriter } from './writer.js';

const productType = 'MedicinalProductDefinition';

export interface HeldOptions extends Bringing {
  readonly writer: IndexWriter;
  readonly known: Known;
  readonly whereabouts: Whereabouts;
}

/** @param inner what is asked for all that is not held, or not young enough */
export function createHeldProfile(
  inner: Pick<Asking, 'children' | 'read'>,
  { bring, ownersOf: heldWith, writer, known, whereabouts }: HeldOptions,
): Pick<Asking, 'children' | 'read'> {
  const lists = createBundleLists(known, () => []);

  /** The products in whose bundles what belongs to a record is. */
  async function ownersOf(keys: readonly Key[]): Promise<readonly Key[]> {
    const others = keys.filter((key) => !isProduct(key) && known.bundlesWith(key).length === 0);
    const seen = others.length > 0 ? await whereabouts.find(others) : new Map<Key, Key>();
    // What this process has not seen may be held from before.
    const owners = await heldWith(others.filter((key) => !seen.has(key)));
    return [...new Set([...keys.filter(isProduct), ...seen.values(), ...owners.values()])];
  }

  function isAnswered(parent: Key): boolean {
    if (isProduct(parent)) return known.bundle(parent)?.isIndexed ?? false;
    const bundles = known.bundlesWith(parent);
    return bundles.length > 0 && bundles.every(({ isIndexed }) => isIndexed);
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
      const left = parents.filter((parent) => !isAnswered(parent));
      for (const parent of parents)
        if (isAnswered(parent)) found.set(parent, lists.childrenOf(question, parent));
      if (left.length === 0) return found;
      for (const [parent, relation] of await askChildren(question, left)) found.set(parent, relation);
      const out = left.filter((parent) => isOut(found.get(parent)));
      const older = out.length > 0 ? await bringWithout(out) : [];
      for (const parent of older) found.set(parent, lists.childrenOf(question, parent));
      return found;
    },

    async read(reads) {
      const nameless = [...reads].flatMap(([key, { from }]) => (from.size === 0 ? [key] : []));
      const referring = [...reads.values()].flatMap(({ from }) => [...from].filter(isProduct));
      await bring([...new Set([...(await ownersOf(nameless)), ...productsIn(reads), ...referring])]);
      const left = new Map([...reads].filter(([key]) => !isHeld(known.reading(key))));
      if (left.size === 0) return new Map();
      const products = [...left.keys()].filter((key) => isProduct(key) && !known.bundle(key));
      const missing = new Map<Key, Missing>(await inner.read(left));
      writer.note(products, known);
      writer.noteGone(products.filter((product) => missing.get(product) === 'absent'));
      const out = [...missing].flatMap(([key, why]) => (isOutage(why) ? [key] : []));
      if (out.length > 0) await bringWithout(out);
      for (const key of out) if (isHeld(known.reading(key))) missing.delete(key);
      return missing;
    },
  };

  /** While the upstream does not answer, what is held stands in, however old. */
  async function bringWithout(keys: readonly Key[]): Promise<readonly Key[]> {
    await bring(await ownersOf(keys), Number.POSITIVE_INFINITY);
    return keys.filter(isAnswered);
  }
}

function productsIn(reads: ReadonlyMap<Key, WantedRead>): readonly Key[] {
  return [...reads.keys()].filter(isProduct);
}

function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}

function isOut(relation: Relation | undefined): boolean {
  return relation?.state.kind === 'failed' && isOutage(relation.state.error);
}
