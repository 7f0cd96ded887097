/**
 * The profile for upstreams that support includes. One search returns products together with their details. Details
 * that includes do not return, or may have returned incompletely, are searched.
 */
import type { Page } from '../../../fhir/bundle.js';
import { groupBy } from '../../graph/group.js';
import { idOf, typeOf, type Key } from '../../graph/key.js';
import { isHeld, type Missing } from '../../known/known.js';
import { isFhirId } from '../../../fhir/reference.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { searchQuestion, type ProductSearch } from '../../question/selection.js';
import { createSearchSender } from '../search-sender.js';
import { selectionsBelow, includesOf, type Includes } from './reach.js';
import { refuseIfOthers, unreadIn } from '../reading.js';
import { createBrought } from './brought.js';
import { openSearch } from '../search/search.js';
import type { OpenProfile, Operation, Profile } from '../profile.js';
import { priceInclude } from './price.js';

const productType = 'MedicinalProductDefinition';

export const include: Profile = {
  name: 'include',
  hasBundles: false,
  asksByKey: false,
  price: priceInclude,
  open: openInclude,
};

function openInclude(at: Operation): OpenProfile {
  const { known, features, given, client } = at;
  const search = openSearch(at);
  const ask = createSearchSender(at);
  const brought = createBrought(at);

  return {
    readsMany: search.readsMany,

    along(asked) {
      const includes = includesWith(asked);
      const { parameters, types } = includes;
      if (parameters.length === 0) return undefined;
      const visit = (page: Page): void => takeIn(page, includes);
      return { parameters, types, visit, giveUp: () => giveUp(includes) };
    },

    async children(question, parents) {
      const found = new Map(brought.proven(question, parents));
      const left = parents.filter((parent) => !found.has(parent));
      if (left.length === 0) return found;
      // One search for all children of a page also checks whether the includes of the page are complete.
      const pages = brought.unverified(question);
      const all = new Set([...left, ...pages.flatMap(({ children }) => [...children.keys()])]);
      const answers = await search.children(question, [...all]);
      for (const page of pages) brought.verify(page, answers);
      for (const [parent, relation] of answers) found.set(parent, relation);
      return found;
    },

    async read(reads) {
      const deep = groupBy(
        [...reads].flatMap(([key, read]) => (read.deep && isFhirId(idOf(key)) ? [key] : [])),
        typeOf,
      );
      const missing = new Map<Key, Missing>();
      const left = new Map(reads);
      await Promise.all(
        [...deep].map(async ([type, keys]) => {
          const unread = await readWith(type, keys);
          if (!unread) return;
          for (const key of keys) left.delete(key);
          for (const [key, why] of unread) missing.set(key, why);
        }),
      );
      for (const [key, why] of left.size > 0 ? await search.read(left) : []) missing.set(key, why);
      for (const key of reads.keys()) if (isHeld(known.reading(key))) given.sawBeyond(typeOf(key));
      return missing;
    },
  };

  /** Returns the includes that return the details of the rows of a search. */
  function includesWith(asked: ProductSearch): Includes {
    const selections = at.selections.filter(
      ({ args }) => args.search && searchQuestion(args.search) === searchQuestion(asked),
    );
    const below = selections.flatMap((selection) => selection.below.get(productType) ?? []);
    return includesOf(new Map([[productType, below]]), features);
  }

  /**
   * Reads records by their ids, with includes for the selections below them; undefined if they must be read without
   * includes.
   */
  async function readWith(type: ResourceType, keys: readonly Key[]): Promise<Map<Key, Missing> | undefined> {
    const includes = includesOf(selectionsBelow(type, at.selections), features);
    if (includes.parameters.length === 0) return undefined;
    const parameters = [
      { name: '_id' as const, values: keys.map(idOf) },
      { name: '_count' as const, values: [keys.length] },
      ...includes.parameters,
    ];
    const types = [type, ...includes.types];
    if (!client.fits(type, ask.parameters(type, parameters, types))) return undefined;
    const ids = new Set(keys.map(idOf));
    return unreadIn(
      keys,
      at,
      type,
      parameters,
      () => ask.search(type, parameters, types),
      (page) => {
        refuseIfOthers(type, ids, page);
        for (const resource of page.resources) known.hold(resource, page);
        takeIn(page, includes);
      },
      () => giveUp(includes),
    );
  }

  /** Stores a page. If the upstream reports that it ignored the includes, the included records prove nothing. */
  function takeIn(page: Page, includes: Includes): void {
    const isIgnored = page.ignored.has('_revinclude') || page.ignored.has('_include');
    if (isIgnored) giveUp(includes);
    brought.takeIn(page, isIgnored ? { ...includes, promises: [] } : includes);
  }

  /** Refutes all includes of the search, because the upstream does not report which include it refuses. */
  function giveUp({ promises, parameters }: Includes): void {
    for (const { question } of promises)
      features.note(`revinclude ${question.type}:${question.parameter}`, 'refuted');
    for (const { name, values } of parameters)
      if (name === '_include') features.note(`include ${String(values[0])}` as never, 'refuted');
  }
}
