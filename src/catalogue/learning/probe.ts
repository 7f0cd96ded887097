/** Harmless questions that show what an upstream does, whatever it says: each reads a few rows at most. */
import { filterFeatures } from '../plan/filter-features.js';
import { isPmsError, type ErrorCode } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import type { FhirClient } from '../../fhir/client.js';
import { isResourceType, type FhirResource, type ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName, SearchParameters } from '../../fhir/search.js';
import { foldText } from '../../terms/fold.js';
import type { Reverse } from '../graph/link.js';
import { hasExpired } from '../profiles/pages.js';
import { forwards, reverses, searchOf, type Capabilities } from '../plan/capabilities.js';
import type { Feature } from '../upstream/features.js';

const productType = 'MedicinalProductDefinition';
/** An id that nothing has: what is found by it was not searched for. */
const nobody = 'pms-graphql-probe-of-nothing';
const sampleSize = 20;
/** More than most servers give on a page: how many come is what they give. */
const largePage = 500;
const mostPages = 30;
/** Who answers other questions so does not answer this one: forbids it, or shows a web page for whatever is not there. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNSUPPORTED',
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_BAD_RESPONSE',
]);
/** What the upstream can do now is not to be read from copies. */
const anew = { cache: 'no-store' } as const;

export interface Probe {
  /** A page of products, to ask further questions about; undefined where there is none. */
  sample(): Promise<Page | undefined>;
  everything(sample: Page): Promise<void>;
  read(sample: Page): Promise<void>;
  /** What it takes to find a text inside of names. */
  name(sample: Page): Promise<void>;
  /** Several ids at once. */
  or(sample: Page): Promise<void>;
  /** The searches that links need. A parameter that is ignored finds what it must not. */
  searches(): Promise<void>;
  elements(sample: Page): Promise<void>;
  /** The searches that filters use. */
  filters(): Promise<void>;
  /** Whether products come in the order asked for, both ways. */
  sort(sample: Page): Promise<void>;
}

export function createProbe({ features, figures }: Capabilities, client: FhirClient): Probe {
  /** Undefined where it was refused. @throws what says nothing of the upstream's abilities: it is down, say */
  async function search(type: ResourceType, parameters: SearchParameters): Promise<Page | undefined> {
    try {
      return await client.search(type, parameters, anew);
    } catch (error) {
      if (isPmsError(error) && refusals.has(error.code)) return undefined;
      throw error;
    }
  }

  /** Who is not let in here is not let in at all. */
  async function firstPage(): Promise<Page | undefined> {
    try {
      return await client.search(productType, [{ name: '_count', values: [largePage] }]);
    } catch (error) {
      if (isPmsError(error) && error.code === 'UPSTREAM_UNSUPPORTED') return undefined;
      throw error;
    }
  }

  /** Whether searching by what does not exist finds nothing, as it must. */
  async function findsNothing(type: ResourceType, parameters: SearchParameters): Promise<boolean> {
    const page = await search(type, [...parameters, { name: '_count', values: [1] }]);
    return page !== undefined && page.resources.length === 0;
  }

  async function foundBy(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const page = await search(productType, [{ name: '_id', values: ids }]);
    return new Set(page?.resources.map(({ id }) => id));
  }

  function note(feature: Feature, works: boolean): void {
    features.note(feature, works ? 'probed' : 'refuted');
  }

  async function searchBy({ type, parameter, parents }: Reverse): Promise<void> {
    const [parent] = parents;
    const works = await findsNothing(type, [{ name: parameter, values: [`${parent}/${nobody}`] }]);
    note(`search ${type}?${parameter}`, works);
  }

  /** What shows that a page is not the last: a link, a total, or a total where one is asked for. */
  async function end(): Promise<void> {
    const one = { name: '_count', values: [1] } as const;
    const counted = await search(productType, [{ name: '_total', values: ['accurate'] }, one]);
    const page = counted ?? (await search(productType, [one]));
    if (page?.resources.length !== 1) return;
    note('next-links', page.next !== undefined || page.hasLostWay);
    note('total-on-request', page.total !== undefined);
  }

  /** How many pages a bundle has tells how much an operation may need; one that cannot be read on tells nothing. */
  async function readOn(bundle: Page): Promise<void> {
    let pages = 1;
    try {
      for (let { next } = bundle; next !== undefined && pages < mostPages; pages += 1)
        ({ next } = await client.page(next, anew));
    } catch (error) {
      if (hasExpired(error)) return;
      throw error;
    }
    figures.sawBundle(pages);
  }

  return {
    async read({ resources: [product] }) {
      if (product) note('read', (await client.read(productType, product.id, anew)) !== undefined);
    },

    async sample() {
      const page = await firstPage();
      if (!page || page.resources.length === 0) return undefined;
      figures.sawPage(page.resources.length, largePage, page.next === undefined);
      figures.sawBytes(productType, undefined, page.bytes, page.resources.length);
      if (page.total !== undefined) figures.sawProducts(page.total);
      else if (page.next === undefined && page.resources.length > 1) await end();
      return { ...page, resources: page.resources.slice(0, sampleSize) };
    },

    async everything({ resources: [product] }) {
      if (!product) return;
      try {
        const bundle = await client.everything(product.id, anew);
        note('everything', bundle !== undefined);
        if (bundle) await readOn(bundle);
      } catch (error) {
        if (!isPmsError(error) || error.code !== 'UPSTREAM_UNSUPPORTED') throw error;
        note('everything', false);
      }
    },

    async name({ resources }) {
      const inner = resources.map(innerOf).find((text) => text !== undefined);
      if (inner === undefined) return;
      const count = { name: '_count', values: [sampleSize] } as const;
      const plain = await search(productType, [{ name: 'name', values: [inner] }, count]);
      const isContains = plain?.resources.some((product) => bears(inner, product)) ?? false;
      note('name-is-contains', isContains);
      if (isContains) note(`search ${productType}?name`, true);
      else {
        const found = await search(productType, [
          { name: 'name', modifier: 'contains', values: [inner] },
          count,
        ]);
        note(`search ${productType}?name`, found?.resources.some((each) => bears(inner, each)) ?? false);
      }
    },

    async or({ resources }) {
      const ids = resources.slice(0, 2).map(({ id }) => id);
      const [both, one] = [await foundBy(ids), await foundBy(ids.slice(0, 1))];
      const works = one.size === 1 && ids.slice(0, 1).every((id) => one.has(id));
      note(`search ${productType}?_id`, works);
      // Of a server that ignores ids nothing is learnt about lists of them.
      if (works && ids.length > 1) note('or', both.size === 2 && ids.every((id) => both.has(id)));
    },

    async searches() {
      for (const reverse of reverses) {
        // A type that is not there is not asked about again.
        if (features.evidence(searchOf(reverse)) !== 'refuted') await searchBy(reverse);
      }
      for (const type of new Set(forwards.flatMap(({ types }) => types))) {
        const feature: Feature = `search ${type}?_id`;
        if (type === productType || features.evidence(feature) === 'refuted') continue;
        note(feature, await findsNothing(type, [{ name: '_id', values: [nobody] }]));
      }
    },

    async filters() {
      await Promise.all(
        filterFeatures.map(async (feature) => {
          const [, type, parameter] = /^search (\w+)\?(.+)$/.exec(feature) ?? [];
          const isKnown = features.isProven(feature) || features.evidence(feature) === 'refuted';
          if (!isResourceType(type) || parameter === undefined || isKnown) return;
          const isAbsent = features.evidence(`search ${type}?_id`) === 'refuted' && !features.has(feature);
          const name = parameter as SearchParameterName;
          note(feature, !isAbsent && (await findsNothing(type, [{ name, values: [nothingOf(name)] }])));
        }),
      );
    },

    async sort(sample) {
      if (sample.resources.length < 2) return;
      for (const [by, name, valueOf] of orders) {
        const ordered = (value: string): Promise<Page | undefined> =>
          search(productType, [
            { name: '_sort', values: [value] },
            { name: '_count', values: [sampleSize] },
          ]);
        const [up, down] = [await ordered(name), await ordered(`-${name}`)];
        if (!up || !down) note(`sort ${by}`, false);
        else {
          const [rising, falling] = [up, down].map(({ resources }) => resources.map(valueOf));
          const isSorted = rising && falling && isRising(rising) && isRising(falling.toReversed());
          // Where all have one value, nothing is learnt.
          if (isSorted && new Set([...rising, ...falling]).size === 1) continue;
          note(`sort ${by}`, isSorted === true);
        }
      }
    },

    async elements(sample) {
      const named = await search(productType, narrow(sample, 'name'));
      note('elements', isNarrowed(sample, named));
      const byType = await search(productType, narrow(sample, `${productType}.name`));
      note('elements-by-type', isNarrowed(sample, byType));
    },
  };
}

/** What each order goes by; of several names, servers take the first by their alphabet, or the last. */
const orders = [
  ['UPDATED', '_lastUpdated', ({ meta }: FhirResource): string => meta?.lastUpdated ?? ''],
  ['NAME', 'name', (product: FhirResource): string => namesIn(product).map(foldText).sort()[0] ?? ''],
] as const;

function isRising(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] ?? '') <= value);
}

/** A value that nothing has. */
function nothingOf(name: SearchParameterName): string {
  if (name === '_lastUpdated') return 'ge2999-01-01T00:00:00Z';
  if (name === 'manufactured-item') return `ManufacturedItemDefinition/${nobody}`;
  return name === 'holder' ? `Organization/${nobody}` : nobody;
}

function narrow({ resources }: Page, element: string): SearchParameters {
  return [
    { name: '_elements', values: [element] },
    { name: '_count', values: [resources.length] },
  ];
}

/** Whether names came as before, and something else did not come. */
function isNarrowed({ resources }: Page, narrowed: Page | undefined): boolean {
  const before = new Map(resources.map((resource) => [resource.id, resource]));
  const pairs = narrowed?.resources.flatMap((resource) => {
    const whole = before.get(resource.id);
    return whole ? [[whole, resource] as const] : [];
  });
  if (!pairs?.length) return false;
  const isKept = pairs.every(
    ([whole, part]) => JSON.stringify(nameOf(whole)) === JSON.stringify(nameOf(part)),
  );
  return isKept && pairs.some(([whole, part]) => Object.keys(part).length < Object.keys(whole).length);
}

function nameOf(resource: FhirResource): unknown {
  return 'name' in resource ? resource.name : undefined;
}

/** A piece of a name that begins no word: a search that finds it looks into words. */
function innerOf(product: FhirResource): string | undefined {
  const [text] = namesIn(product).flatMap((name) => /^\p{L}(\p{L}{3,12})/u.exec(name)?.[1] ?? []);
  return text;
}

function bears(inner: string, product: FhirResource): boolean {
  const wanted = inner.toLowerCase();
  return namesIn(product).some((name) => {
    const at = name.toLowerCase().indexOf(wanted);
    return at > 0 && /\p{L}/u.test(name[at - 1] ?? '');
  });
}

function namesIn(product: FhirResource): readonly string[] {
  const names: unknown = nameOf(product);
  if (!Array.isArray(names)) return [];
  return (names as readonly unknown[]).flatMap((name) => {
    const { productName } = (name ?? {}) as { readonly productName?: unknown };
    return typeof productName === 'string' ? [productName] : [];
  });
}
