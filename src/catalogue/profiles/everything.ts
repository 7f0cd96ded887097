/** The profile of an upstream that offers products by name and `$everything`: one bundle a product, read once. */
import { isPmsError, PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import { parseReference } from '../../fhir/reference.js';
import { isFhirType, type FhirResource } from '../../fhir/resources.js';
import { idOf, typeOf, type Key } from '../graph/key.js';
import { isHeld, type Bundle, type Missing } from '../known/known.js';
import { Spent } from './ledger.js';
import type { Bundled, Reverse } from '../graph/link.js';
import { complete, failedRelation, unite, type Relation, type State } from '../graph/relation.js';
import { earlier, staleSince } from '../graph/stale.js';
import { createNaming } from './naming.js';
import { cut, cutAt, isCutAs, readToEnd, unread } from './pages.js';
import { bringing, findProducts } from './products.js';
import type { Operation, Profile } from './profile.js';
import { findTerms } from './lookups.js';

const productType = 'MedicinalProductDefinition';

export function createEverythingProfile(at: Operation): Profile {
  const { client, known, features, figures, whereabouts } = at;
  const fetching = new Map<Key, Promise<void>>();
  const unreadable = new Map<Key, Missing>();
  /** The first pages of bundles, come or not. */
  const asked: Promise<Page | undefined>[] = [];
  let doubt: Promise<void> | undefined;
  const indexes = new Map<Bundle, Map<string, Children>>();

  return {
    products: (search) => findProducts(search, at),
    brings: () => bringing(at),
    terms: (terms) => findTerms(terms, at, false),

    async children(question, parents) {
      await Promise.all(parents.filter(isProduct).map(fetchOnce));
      if (!parents.every(isProduct)) await fetchSome();
      return new Map(parents.map((parent) => [parent, childrenOf(question, parent)]));
    },

    async read(reads) {
      const products = [...reads].filter(([key]) => isProduct(key));
      const others = [...reads].filter(([key]) => !isProduct(key));
      // What a product refers to is in its bundle, if anywhere.
      const referring = others.flatMap(([, { from }]) => [...from].filter(isProduct));
      // What nothing refers to was asked for by its id: it is where it was seen before.
      const nameless = others.flatMap(([key, { from }]) => (from.size === 0 ? [key] : []));
      const seen = nameless.length > 0 ? await whereabouts.find(nameless) : new Map<Key, Key>();
      await Promise.all([
        ...products.map(([key, { deep }]) => (deep ? fetchOnce(key) : readProduct(key))),
        ...[...referring, ...seen.values()].map(fetchOnce),
      ]);
      if (others.some(([, { from }]) => from.size > 0)) await fetchSome();
      await Promise.all(fetching.values());
      // Nothing but products can be asked for by id: the rest is in a bundle, or nowhere to be had.
      for (const [key, { from }] of others) {
        const product = seen.get(key);
        unreadable.set(key, missing(key, product === undefined ? from : new Set([product])));
        if (product !== undefined && unreadable.get(key) === 'unseen') whereabouts.forget(product, key);
      }
      return unreadable;
    },
  };

  /**
   * What belongs to parts of products is in the bundles of these. Where other profiles have got as far as the parts, and
   * no further, no bundle was read yet.
   */
  async function fetchSome(): Promise<void> {
    if (fetching.size === 0) await Promise.all(known.products.map(fetchOnce));
  }

  /** However many ask, and in whatever wave: a product's bundle is fetched once in an operation. */
  function fetchOnce(product: Key): Promise<void> {
    // It may be remembered from an earlier operation.
    const running =
      fetching.get(product) ?? (known.bundle(product) ? Promise.resolve() : fetchBundle(product));
    fetching.set(product, running);
    return running;
  }

  function fetched(): readonly Bundle[] {
    return [...fetching.keys()].flatMap((product) => known.bundle(product) ?? []);
  }

  async function fetchBundle(product: Key): Promise<void> {
    const keys = new Set<Key>();
    const unidentified: FhirResource[] = [];
    let oldest: Date | undefined;
    const finish = (state: State): void => {
      known.settleBundle(product, { keys, unidentified, state, staleSince: oldest });
      whereabouts.note(product, keys);
    };
    try {
      let pages = 0;
      const begin = async (): Promise<Page> => {
        const asking = client.everything(idOf(product));
        asked.push(asking);
        const first = await asking;
        if (!first) throw new NoBundle();
        return first;
      };
      const read = await readToEnd(
        begin,
        at,
        (page) => {
          hold(page, keys);
          for (const { resource } of page.unidentified) unidentified.push(resource);
          oldest = earlier(oldest, staleSince([page]));
          pages += 1;
        },
        true,
      );
      // A record without an id is missing from the lists of its own kind alone.
      const state = isCutAs(read, 'UNREADABLE_ENTRIES') ? complete : read;
      if (!keys.has(product)) await readBeside(product, state);
      if (state.kind === 'cut' && state.reason === 'BUDGET') figures.forgetBundles();
      else if (state.kind === 'complete') figures.sawBundle(pages);
      features.note('everything', 'seen');
      finish(state);
    } catch (error) {
      if (error instanceof NoBundle) return finish(await withoutBundle(product));
      if (!isPmsError(error)) throw error;
      if (error.status === 400 || error.status === 405 || error.status === 501)
        features.note('everything', 'refuted');
      unreadable.set(product, unread(error));
      finish(error instanceof Spent ? cut(error.reason) : { kind: 'failed', error });
    }
  }

  /** A bundle without its own product says nothing of whether there is one. */
  async function readBeside(product: Key, state: State): Promise<void> {
    if (state.kind === 'complete') return readProduct(product);
    const message =
      'What belongs to the product could not be read to its end, and the product was not in it.';
    unreadable.set(product, new PmsError('UPSTREAM_INCOMPLETE', message));
  }

  /** A product that is there without a bundle: then it is the operation that is not. */
  async function withoutBundle(product: Key): Promise<State> {
    const wasRead = await readInstead(product);
    if (isHeld(known.reading(product))) features.note('everything', 'refuted');
    const isAbsent =
      (wasRead && isVouchedFor('read')) ||
      (features.evidence('everything') !== 'refuted' && isVouchedFor('everything'));
    if (isAbsent && !isHeld(known.reading(product))) {
      unreadable.set(product, 'absent');
      return complete;
    }
    unreadable.set(product, notOffered());
    return { kind: 'failed', error: notOffered() };
  }

  /** Where bundles were there before, one product shows for all whether they still are; any bundle shows it as well. */
  async function readInstead(product: Key): Promise<boolean> {
    if (!features.has('read')) return false;
    const wasThere = features.isProven('everything');
    if (wasThere && (await isAnyThere())) return false;
    const isDoubted = wasThere && doubt !== undefined;
    if (!isDoubted) doubt = readProduct(product);
    await doubt;
    return !isDoubted;
  }

  async function isAnyThere(): Promise<boolean> {
    const outcomes = await Promise.allSettled(asked);
    return outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value !== undefined);
  }

  /** Whether what is not found in this way is not there; else nothing may be found so, whatever there is. */
  function isVouchedFor(feature: 'everything' | 'read'): boolean {
    return features.isProven(feature) || features.evidence(feature) === 'configured';
  }

  function hold(page: Page, keys: Set<Key>): void {
    for (const resource of [...page.resources, ...page.included]) {
      keys.add(known.hold(resource, page));
      figures.sawInBundle(resource.resourceType);
    }
  }

  async function readProduct(key: Key): Promise<void> {
    if (!features.has('read')) return fetchOnce(key);
    try {
      const found = await client.read(productType, idOf(key));
      if (found) features.note('read', 'seen');
      if (found) known.hold(found.resource, found);
      // That nothing is read by its id says nothing of one.
      else if (!features.isProven('read') && !fetching.has(key)) await fetchOnce(key);
      else unreadable.set(key, 'absent');
    } catch (error) {
      if (!isPmsError(error)) throw error;
      unreadable.set(key, unread(error));
    }
  }

  /** @param from what names it, in whose bundles it should have come */
  function missing(key: Key, from: ReadonlySet<Key>): Missing {
    // A bundle that failed says nothing of what other products refer to.
    const own = [...from].flatMap((each) => known.bundle(each) ?? known.bundlesWith(each));
    const bundles = own.length > 0 ? own : fetched();
    if (bundles.length === 0 || from.size === 0) {
      const instead = 'name its product as "product", or reach it through its product';
      return new PmsError(
        'UPSTREAM_UNSUPPORTED',
        `The upstream reads nothing but products by id, and this service knows of no product that this belongs to: ${instead}.`,
      );
    }
    // What was not read of a bundle may hold it, even where no bundle did so far.
    const isOfKind = ({ resourceType }: FhirResource): boolean => resourceType === typeOf(key);
    const isWhole = ({ state, unidentified }: Bundle): boolean =>
      state.kind === 'complete' && !unidentified?.some(isOfKind);
    const cutBy = bundles.find(({ state }) => isCutAs(state, 'BUDGET', 'TIME'))?.state;
    if (cutBy?.kind === 'cut') return unread(new Spent(cutBy.reason === 'TIME' ? 'TIME' : 'BUDGET'));
    if (!bundles.every(isWhole))
      return new PmsError('UPSTREAM_INCOMPLETE', 'What belongs to the product could not be read to its end.');
    if (figures.isInBundles(typeOf(key))) return 'unseen';
    return new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream refers to this, and does not give it.');
  }

  function childrenOf(question: Reverse | Bundled, parent: Key): Relation {
    if (!isProduct(parent)) {
      const owning = known.bundlesWith(parent);
      // What dangles is in no bundle, and may still be named in those that refer to it; what does not is in another's.
      const bundles = owning.length > 0 || isHeld(known.reading(parent)) ? owning : fetched();
      if (bundles.length > 0) return unite(bundles.map((bundle) => within(bundle, question, parent, false)));
      return failedRelation(
        new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream tells this only together with a product.'),
      );
    }
    const bundle = known.bundle(parent);
    return bundle
      ? within(bundle, question, parent, true)
      : failedRelation(new PmsError('INTERNAL_SERVER_ERROR', 'A bundle is missing.'));
  }

  function within(bundle: Bundle, question: Reverse | Bundled, parent: Key, isOwner: boolean): Relation {
    const { byParent, nameless } = indexOf(bundle, question);
    const refs = new Set(isOwner ? nameless : []);
    for (const ref of byParent.get(parent) ?? []) refs.add(ref);
    for (const ref of byParent.get(idOf(parent)) ?? []) refs.add(ref);
    const { state, staleSince: since } = bundle;
    const lacking = state.kind === 'complete' ? lackingIn(bundle, question, parent, isOwner) : undefined;
    return { refs: [...refs], unresolved: [], state: lacking ?? state, staleSince: since };
  }

  /** Why a list lacks a record without an id; undefined where it lacks none. */
  function lackingIn(
    { unidentified = [] }: Bundle,
    question: Reverse | Bundled,
    parent: Key,
    isOwner: boolean,
  ): State | undefined {
    const lacking = unidentified.find((resource) => {
      if (resource.resourceType !== question.type) return false;
      if (question.kind === 'bundled') return isOwner;
      const naming = createNaming(question, [parent]);
      return naming.parentsOf(resource).length > 0 || (isOwner && naming.parentsAt(resource).length > 0);
    });
    return lacking && cutAt(lacking);
  }

  function indexOf(bundle: Bundle, question: Reverse | Bundled): Children {
    const ofBundle = indexes.get(bundle) ?? new Map<string, Children>();
    indexes.set(bundle, ofBundle);
    const name = question.asks;
    const index = ofBundle.get(name) ?? readIndex(bundle, question);
    ofBundle.set(name, index);
    return index;
  }

  function readIndex(bundle: Bundle, question: Reverse | Bundled): Children {
    const index: Children = { byParent: new Map(), nameless: [] };
    for (const key of bundle.keys) {
      const reading = typeOf(key) === question.type ? known.reading(key) : undefined;
      if (!isHeld(reading)) continue;
      const parsed =
        question.kind === 'reverse'
          ? question.names(reading.resource).map((reference) => parseReference(reference, question.parents))
          : [];
      // Being in a product's bundle is itself a link, for what names no parent in a way that can be followed.
      const isNamed = parsed.some(({ kind }) => kind === 'literal' || kind === 'untyped');
      if (!isNamed) index.nameless.push(key);
      for (const named of parsed) {
        const isTyped = named.kind === 'literal' && isFhirType(named.type);
        if (isTyped) push(index.byParent, `${named.type}/${named.id}`, key);
        else if (named.kind === 'literal' || named.kind === 'untyped') push(index.byParent, named.id, key);
      }
    }
    return index;
  }
}

class NoBundle extends Error {}

function notOffered(): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    'The upstream does not offer what belongs to a product ($everything).',
  );
}

/** The children of one type in a bundle, by the parent that they name: `Type/id`, or a bare id where they give no type. */
interface Children {
  readonly byParent: Map<Key, Key[]>;
  readonly nameless: Key[];
}

function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}

function push(table: Map<Key, Key[]>, at: Key, key: Key): void {
  const row = table.get(at);
  if (row) row.push(key);
  else table.set(at, [key]);
}
