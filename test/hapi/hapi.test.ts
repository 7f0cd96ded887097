/** The whole service over a real R5 server: every linked object and field as the sample files have it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  absent,
  pageLimits,
  readSamples,
  startFhirServer,
  startHapiService,
  type FhirServer,
  type HapiService,
  type Measured,
  type Operation,
} from '../support/hapi.js';
import { unmarked } from './marked.js';
import { comparable, createTruth, type Truth } from './truth.js';

const linkedProducts = readFileSync('schema/operations/linked-products.graphql', 'utf8');
const everyLink = readFileSync('test/hapi/every-link.graphql', 'utf8');
const products = `query ($name: String, $beginning: String, $first: Int!, $after: String) {
  products(filter: { name: $name, nameStartsWith: $beginning }, first: $first, after: $after) {
    totalCount
    nodes { pmsId }
    pageInfo { hasNextPage endCursor complete }
  }
}`;
const ingredients = `query ($id: ID!, $first: Int!, $after: String) {
  product(id: $id) {
    ingredients(first: $first, after: $after) {
      totalCount
      nodes { id }
      pageInfo { hasNextPage endCursor complete }
    }
  }
}`;

interface Page<Row> {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
    readonly complete: boolean;
  };
}

interface Products {
  readonly products: Page<{ readonly pmsId: string }>;
}

interface Ingredients {
  readonly product: { readonly ingredients: Page<{ readonly id: string }> };
}

/**
 * Case, accents, other alphabets, and what means something to a search, a URL or a database; but for `_`, which HAPI
 * takes for any character.
 */
const names = [
  'amlodipin',
  'AMLODIPIN',
  'õhukese polümeerikattega',
  'ÕHUKESE',
  'ohukese polumeerikattega',
  'HIPÉRICO ARKOPHARMA cápsulas',
  'hiperico',
  'hipe\u0301rico',
  'pre-fill',
  'καψάκια',
  'ΚΑΨΆΚΙΑ',
  'Norvasc®',
  'Talzenna® (talazoparib)',
  '500 mg/125 mg',
  '160mg / 12.5mg',
  'Clexane, 6000',
  '1,5 g',
  '+ 10 mg/g',
  'D3 ROVI 1000 mg/880',
  '(azithromycin)',
  'cell cultures)',
  ' 5 mg',
  'ss',
  'ß',
  '%',
  'a%',
  '*',
  '?',
  '&',
  '=',
  '#',
  ';',
  '"',
  "'",
  '|',
  '$',
  '\\',
  '/',
  ',',
  '10 mg,5 mg',
  '💊',
  'not there at all',
];

/** Texts at the beginning of names, and texts only in their middle or at their end. */
const beginnings = [
  ...names,
  'a',
  'AG',
  'amlodipine',
  'Amlodipin Accord 10 mg Tablett',
  'mlodipin',
  'HIPÉRICO',
  'hipérico arko',
  'Calcio/Vitamina',
  'Canesten®',
  'Clexane,',
  'Influenza vaccine',
  'lodi',
  'Natures Plus Spiru-',
  'Z',
  'Ž',
];

const skipped = absent === undefined ? '' : ` (skipped: ${absent})`;
const servers = pageLimits.map((pageLimit) => [pageLimit ?? 'its default number of', pageLimit] as const);

describe.skipIf(absent !== undefined).each(servers)(
  `the service over the HAPI FHIR server with pages of %s rows${skipped}`,
  (_rows, pageLimit) => {
    let truth: Truth;
    let server: FhirServer;
    let service: HapiService;

    beforeAll(async () => {
      truth = createTruth(readSamples());
      server = await startFhirServer(pageLimit);
      service = await startHapiService(server);
    });
    afterAll(async () => {
      await service?.stop();
      await server?.stop();
    });

    it('answers the query with linked records for every product with an "a" in its name, each once', async () => {
      const operation = { document: linkedProducts, variables: { name: 'a', first: 20 } };
      const expected = idsNamed('a');
      expect(await allPages(operation, expected.length)).toEqual(expected);
    });

    it('returns every link and every field of all products, each once', async () => {
      const operation = { document: everyLink, operationName: 'EveryLink', variables: { first: 20 } };
      const expected = idsNamed('');
      expect(await allPages(operation, expected.length)).toEqual(expected);
    });

    it.each([1, 7, 100])('returns every product once in pages of %s', async (first) => {
      const expected = idsNamed('');
      expect(await allPages({ document: products, variables: { first } }, expected.length)).toEqual(expected);
    });

    it('returns each product by its id with every link and every field', async () => {
      for (const { id } of truth.products) {
        const operation = { document: everyLink, operationName: 'OneProduct', variables: { id } };
        const answer = await service.query(operation);
        expectWhole(answer);
        expect(comparable(answer.data)).toEqual(truth.answer(operation));
      }
    });

    it('returns null for a product that does not exist', async () => {
      const operation = {
        document: everyLink,
        operationName: 'OneProduct',
        variables: { id: '600000000001' },
      };
      const answer = await service.query(operation);
      expectWhole(answer);
      expect(answer.data).toEqual({ product: null });
    });

    it('returns the ingredients of a product page by page, each once and in order', async () => {
      const first = 4;
      const lists = truth.products.map(({ id }) => ({ id, expected: ingredientsOf(id) }));
      // Ten tell as much as all, and small pages are slow.
      const long = lists.filter(({ expected }) => expected.length > first).slice(0, 10);
      expect(long).not.toEqual([]);
      for (const { id, expected } of long) {
        const seen: string[] = [];
        for (let after: string | null = null, more = true; more;) {
          const answer: Measured<Ingredients> = await service.query({
            document: ingredients,
            variables: { id, first, after },
          });
          expectWhole(answer);
          const { nodes, totalCount, pageInfo } = answer.data.product.ingredients;
          expect(totalCount).toBe(expected.length);
          expect(pageInfo.complete).toBe(true);
          seen.push(...nodes.map((node) => node.id));
          [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
        }
        expect(seen).toEqual(expected);
      }
    });

    it.each([30, 60, 120])(
      'with a budget of %s requests refuses an operation that needs more, or marks every gap',
      async (budget) => {
        const frugal = await startHapiService(server, { budget });
        onTestFinished(() => frugal.stop());
        for (const first of [100, 40, 10]) {
          const operation = { document: everyLink, operationName: 'EveryLink', variables: { first } };
          const answer = await frugal.query<Products | null>(operation);
          if (!answer.data) {
            expect(answer.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BUDGET_EXCEEDED' } }]);
            expect(answer.counted).toEqual([]);
            continue;
          }
          expectHonest(answer);
          const { hasNextPage } = answer.data.products.pageInfo;
          const ids = answer.data.products.nodes.map(({ pmsId }) => pmsId);
          const found = { ids, total: truth.products.length, hasNext: hasNextPage };
          const marks = {
            errors: (answer.errors ?? []).map(({ path = [] }) => path),
            incomplete: answer.receipt.incomplete,
          };
          expect(unmarked(comparable(answer.data), truth.answer(operation, found), marks)).toEqual([]);
        }
      },
    );

    it.each(names)('returns the products with %j in their names', async (name) => {
      const answer = await service.query<Products>({ document: products, variables: { name, first: 100 } });
      expectWhole(answer);
      const expected = idsNamed(name);
      expect(idsOf(answer).sort()).toEqual(expected);
      expect(answer.data.products.totalCount).toBe(expected.length);
      expect(answer.data.products.pageInfo.hasNextPage).toBe(false);
    });

    it.each(beginnings)('returns the products with %j at the beginning of a name', async (beginning) => {
      const answer = await service.query<Products>({
        document: products,
        variables: { beginning, first: 100 },
      });
      expectWhole(answer);
      const expected = idsBeginning(beginning);
      expect(idsOf(answer).sort()).toEqual(expected);
      expect(answer.data.products.totalCount).toBe(expected.length);
      expect(answer.data.products.pageInfo.hasNextPage).toBe(false);
    });

    it.each([
      ['amlodipin', ''],
      ['a', ''],
      ['A', '5 mg'],
      ['karvea', 'x'],
    ])(
      'returns page by page the products whose names begin with %j and contain %j',
      async (beginning, name) => {
        const part = new Set(idsNamed(name));
        const expected = idsBeginning(beginning).filter((id) => part.has(id));
        expect(expected.length).toBeGreaterThan(3);
        const seen: string[] = [];
        for (let after: string | null = null, more = true; more;) {
          const answer: Measured<Products> = await service.query({
            document: products,
            variables: { beginning, first: 3, after, ...(name ? { name } : {}) },
          });
          expectWhole(answer);
          seen.push(...idsOf(answer));
          const { endCursor, hasNextPage, complete } = answer.data.products.pageInfo;
          expect(complete).toBe(true);
          [after, more] = [endCursor, hasNextPage];
        }
        expect(seen.sort()).toEqual(expected);
      },
    );

    /** The ids of all products that an operation finds, `total` of them, each page compared with the truth. */
    async function allPages(operation: Operation, total: number): Promise<readonly string[]> {
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more;) {
        const variables = { ...operation.variables, after };
        const answer: Measured<Products> = await service.query({ ...operation, variables });
        expectWhole(answer);
        const ids = idsOf(answer);
        seen.push(...ids);
        const found = { ids, total, hasNext: seen.length < total };
        expect(comparable(answer.data)).toEqual(truth.answer(operation, found));
        const { endCursor, hasNextPage } = answer.data.products.pageInfo;
        [after, more] = [endCursor, hasNextPage];
      }
      return seen.sort();
    }

    function expectWhole(answer: Measured<unknown>): void {
      expect(answer.errors).toBeUndefined();
      expect(answer.receipt.incomplete).toEqual([]);
      expect(service.complaints).toEqual([]);
      expectHonest(answer);
    }

    function expectHonest({ receipt, counted }: Measured<unknown>): void {
      expect(receipt.profile).toBe('include');
      expect(counted).toHaveLength(receipt.requests);
      expect(receipt.requests).toBeLessThanOrEqual(receipt.estimated);
    }

    function idsNamed(part: string): readonly string[] {
      return idsWhere((name) => name.includes(fold(part.trim())));
    }

    function idsBeginning(part: string): readonly string[] {
      return idsWhere((name) => name.startsWith(fold(part.trim())));
    }

    function idsWhere(fits: (name: string) => boolean): readonly string[] {
      return truth.products
        .filter(({ name }) => name.some(({ productName }) => fits(fold(productName))))
        .map(({ id }) => id)
        .sort();
    }

    function ingredientsOf(id: string): readonly string[] {
      const whole = truth.answer({ document: ingredients, variables: { id, first: 100 } }) as Ingredients;
      return whole.product.ingredients.nodes.map((node) => node.id);
    }
  },
);

function idsOf({ data }: Measured<Products>): string[] {
  return data.products.nodes.map(({ pmsId }) => pmsId);
}

/** Upper and lower case are the same to HAPI, and letters with and without accents. */
function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase();
}
