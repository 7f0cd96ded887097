/**
 * Words in filters: every word that the service returns is accepted, and a word that names no term is refused before any
 * upstream request.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.js';
import { isQuick, oneIn } from '../../support/tier.js';

interface Shown {
  readonly text: string | null;
  readonly display: string | null;
}

interface Row {
  readonly id: string;
  readonly status: Shown | null;
  readonly domain: Shown | null;
  readonly doseForm: Shown | null;
  readonly routes: readonly Shown[] | null;
  readonly atc: readonly { readonly text: string | null }[];
  readonly authorizations: readonly { readonly region: readonly Shown[] }[] | null;
}

const everything = `query ($after: String, $language: String) { products(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes { id
    status { text(language: $language) display } domain { text(language: $language) display }
    doseForm { text(language: $language) display } routes { text(language: $language) display }
    atc { text(language: $language) }
    authorizations { region { text(language: $language) display } } } } }`;

const found = `query ($filter: ProductFilter) { products(filter: $filter, first: 100) {
  nodes { id } pageInfo { hasNextPage } } }`;

interface Page {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function rowsOf(service: TestService, language: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ;) {
    const { data, errors } = await service.query(everything, { after, language });
    expect(errors).toBeUndefined();
    const { nodes, pageInfo } = (data ?? {})['products'] as Page;
    rows.push(...nodes);
    if (!pageInfo.hasNextPage) return rows;
    after = pageInfo.endCursor;
  }
}

/** Returns the products that have each word, by filter part and word. */
function wordsOf(rows: readonly Row[]): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const words = new Map<string, Map<string, Set<string>>>();
  const add = (part: string, id: string, shown: readonly (Partial<Shown> | null)[]): void => {
    for (const word of shown.flatMap((each) => [each?.text, each?.display])) {
      if (!word) continue;
      const ofPart = words.get(part) ?? new Map<string, Set<string>>();
      words.set(part, ofPart);
      ofPart.set(word, (ofPart.get(word) ?? new Set()).add(id));
    }
  };
  for (const { id, status, domain, doseForm, routes, atc, authorizations } of rows) {
    add('status', id, [status]);
    add('domain', id, [domain]);
    add('doseForm', id, [doseForm]);
    add('route', id, routes ?? []);
    add('atc', id, atc);
    add(
      'country',
      id,
      (authorizations ?? []).flatMap(({ region }) => region),
    );
  }
  return words;
}

const profiles = isQuick ? (['search'] as const) : (['everything', 'search', 'include'] as const);
const languages = isQuick ? ['de'] : ['en', 'de', 'mt'];

describe.each(profiles)('a word as a filter value with the profile `%s`', (profile) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ profile, budget: 2_000, cacheTtlMs: 600_000 });
  });
  afterAll(() => service.stop());

  it.each(languages)('finds the products that return this word in the language "%s"', async (language) => {
    const words = wordsOf(await rowsOf(service, language));
    expect(words.size).toBe(6);
    for (const [part, ofPart] of words) {
      for (const [word, ids] of oneIn(4, [...ofPart])) {
        const { data, errors } = await service.query(found, { filter: { [part]: [word] } });
        const { nodes, pageInfo } = (data?.['products'] ?? { nodes: [], pageInfo: {} }) as Page;
        const missing = pageInfo.hasNextPage
          ? []
          : [...ids].filter((id) => !nodes.some((node) => node.id === id));
        expect({ part, word, missing, errors }).toEqual({ part, word, missing: [], errors: undefined });
        expect(nodes.length).toBeGreaterThan(0);
      }
    }
  });
});

describe('a word as a filter value that is the name of no term', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ profile: 'search' });
  });
  afterAll(() => service.stop());

  it.each([
    [
      '{ route: ["orl"] }',
      '"filter.route" is not a term that this service knows for this field. The most similar terms are "Oral use", ',
    ],
    ['{ doseForm: ["tablet", "tablett x"] }', '"filter.doseForm[1]" is not a term that this service knows'],
    ['{ country: ["Atlantis"] }', '"filter.country" is not a term that this service knows'],
    ['{ atc: ["bupropione"] }', 'The most similar terms are "bupropion", '],
    ['{ status: ["valid"] }', '"filter.status" is not a term that this service knows'],
  ])('are refused before any upstream request: %s', async (filter, message) => {
    service.sandbox.clearRequests();
    const { data, errors } = await service.query(`{ products(filter: ${filter}) { nodes { id } } }`);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, path: ['products'] }]);
    expect(errors?.[0]?.message).toContain(message);
    expect(service.sandbox.requests).toEqual([]);
  });

  it('is not refused if it looks like a code', async () => {
    const { data, errors } = await service.query(
      '{ products(filter: { status: ["x1"], route: ["100000099999"] }) { nodes { id } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ products: { nodes: [] } });
  });
});

describe('the `terms` field', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
    service.sandbox.clearRequests();
  });
  afterAll(() => service.stop());

  it('returns the codes and texts for a drop-down list, without an upstream request', async () => {
    const { data, errors, extensions } = await service.query(
      `{ domain: terms(list: "DOMAIN") { code text list label { language fallback } }
         german: terms(list: "COUNTRY", text: "öster", language: "de", first: 1) { code text(language: "fr") label { text language } }
         byNumber: terms(list: "100000072052", first: 2) { text }
         all: terms(list: "DOSE_FORM", first: 1000) { code } }`,
    );
    expect(errors).toBeUndefined();
    const english = { language: 'en', fallback: false };
    expect(data).toMatchObject({
      domain: [
        { code: '100000000014', text: 'Human and Veterinary use', list: '100000000004', label: english },
        { code: '100000000012', text: 'Human use' },
        { code: '100000000013', text: 'Veterinary use' },
      ],
      german: [{ code: '100000000330', text: 'Autriche', label: { text: 'Österreich', language: 'de' } }],
      byNumber: [{ text: 'Marketed' }, { text: 'Never marketed' }],
    });
    expect(((data ?? {})['all'] as readonly object[]).length).toBe(155);
    expect(service.sandbox.requests).toEqual([]);
    expect(extensions['upstream']).toMatchObject({ requests: 0, estimated: 0 });
  });

  it.each([
    ['list: "ROUTES"', '"list" must be one of ROUTE, DOSE_FORM, '],
    ['list: "100000099999"', 'or the number of an RMS list that this service has: 100000000002, '],
    ['list: "ROUTE", first: 1001', '"first" must be between 1 and 1000'],
    ['list: "ROUTE", language: "nonsense!"', '"language" must be the tag of a language'],
    ['list: "ROUTE", text: " "', '"text" must not be blank'],
  ])('with the invalid arguments `%s` is refused', async (given, message) => {
    const { errors } = await service.query(`{ terms(${given}) { code } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, path: ['terms'] }]);
    expect(errors?.[0]?.message).toContain(message);
  });

  it('has the terms of paediatric use that occur in records', async () => {
    const list = '{ terms(list: "PEDIATRIC_USE") { code text } }';
    expect((await service.query(list)).data).toEqual({ terms: [] });
    const { data } = await service.query('{ products(first: 100) { nodes { pediatricUse { text } } } }');
    const { nodes } = (data ?? {})['products'] as { nodes: { pediatricUse: { text: string } | null }[] };
    const told = [...new Set(nodes.flatMap(({ pediatricUse }) => pediatricUse?.text ?? []))].sort();
    expect(told.length).toBeGreaterThan(0);
    const { data: listed } = await service.query(list);
    expect(((listed ?? {})['terms'] as readonly { text: string }[]).map(({ text }) => text).sort()).toEqual(
      told,
    );
  });
});
