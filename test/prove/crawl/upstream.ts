/** An upstream of its own, with products that change, vanish and come back while they are listed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { close, listen } from '../issuer.js';

/**
 * How the upstream lists its products: with `next` links; only the first page and the total; with `next` links and totals that
 * are too high; with `next` links, and each tenth request fails.
 */
export const kinds = ['pages', 'first page', 'wrong totals', 'failures'] as const;
export type Kind = (typeof kinds)[number];

export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

export interface CrawledUpstream {
  readonly baseUrl: URL;
  /** The products that exist now, by their ids. */
  readonly products: ReadonlyMap<string, Listed>;
  /** Adds a product, or changes it. */
  put(id: string): void;
  remove(id: string): void;
  /** Times of the requests, in milliseconds. */
  readonly times: readonly number[];
  stop(): Promise<void>;
}

const pageRows = 100;
const stems = ['Aba', 'Bene', 'Cori', 'Dula', 'Esto', 'Fino', 'Gala', 'Hemi', 'Iso', 'Juna', 'Kera', 'Lumi'];
const middles = [
  'ca',
  'do',
  'fe',
  'li',
  'mo',
  'na',
  'pri',
  'ro',
  'sta',
  'to',
  'vi',
  'xa',
  'zo',
  'bru',
  'cle',
];
const ends = ['dine', 'mab', 'nib', 'pril', 'statin', 'vir', 'zole', 'xime', 'sartan', 'cillin', 'olol'];

export async function startCrawledUpstream(kind: Kind, count: number): Promise<CrawledUpstream> {
  const products = new Map<string, Listed>();
  const versions = new Map<string, number>();
  const times: number[] = [];
  const put = (id: string): void => {
    const version = (versions.get(id) ?? 0) + 1;
    versions.set(id, version);
    products.set(id, { id, name: nameOf(Number(id)), version });
  };
  for (let number = 1; number <= count; number += 1) put(String(number));
  const server = createServer((request, response) => {
    times.push(performance.now());
    const url = new URL(request.url ?? '/', 'http://upstream');
    const isFailing = kind === 'failures' && times.length % 10 === 0;
    const body = isFailing ? undefined : answer(url);
    const status = isFailing ? 503 : body === undefined ? 404 : 200;
    response
      .writeHead(status, { 'content-type': 'application/fhir+json' })
      .end(JSON.stringify(body ?? { resourceType: 'OperationOutcome', issue: [] }));
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}/fhir`;
  return {
    baseUrl: new URL(base),
    products,
    put,
    remove: (id) => void products.delete(id),
    times,
    stop: () => close(server),
  };

  function answer({ pathname, searchParams }: URL): object | undefined {
    const [, , type, id, operation] = pathname.split('/');
    if (type !== 'MedicinalProductDefinition') return undefined;
    if (id === undefined) return searchset(searchParams);
    const product = products.get(id);
    if (!product) return undefined;
    if (operation === undefined) return recordOf(product);
    return operation === '$everything' ? everything(product) : undefined;
  }

  function searchset(parameters: URLSearchParams): object {
    const name = parameters.get('name')?.toUpperCase();
    const ids = parameters.get('_id')?.split(',');
    const all = [...products.values()].filter(
      (each) =>
        (name === undefined || each.name.toUpperCase().includes(name)) && (!ids || ids.includes(each.id)),
    );
    const rows = Math.min(pageRows, Number(parameters.get('_count') ?? 20));
    const from = Number(parameters.get('_offset') ?? 0);
    const next = new URLSearchParams([...parameters]);
    next.set('_offset', String(from + rows));
    const hasNext = kind !== 'first page' && from + rows < all.length;
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      total: kind === 'wrong totals' ? Math.ceil(all.length * 1.1) : all.length,
      link: hasNext ? [{ relation: 'next', url: `${base}/MedicinalProductDefinition?${next}` }] : [],
      entry: all.slice(from, from + rows).map((each) => entryOf(recordOf(each))),
    };
  }
}

function nameOf(number: number): string {
  const pick = (list: readonly string[], by: number): string =>
    list[Math.floor(number / by) % list.length] ?? '';
  const brand = `${pick(stems, 1)}${pick(middles, stems.length)}${pick(ends, stems.length * middles.length)}`;
  return `${brand} ${1 + (Math.floor(number / 1_980) % 40)} mg tablets`;
}

function recordOf({ id, name, version }: Listed): { readonly resourceType: string; readonly id: string } {
  return {
    resourceType: 'MedicinalProductDefinition',
    id,
    meta: { versionId: String(version) },
    name: [{ productName: name }],
  } as never;
}

function everything(product: Listed): object {
  const subject = { reference: `MedicinalProductDefinition/${product.id}` };
  const records = [
    recordOf(product),
    { resourceType: 'PackagedProductDefinition', id: `p${product.id}`, packageFor: [subject] },
    {
      resourceType: 'Ingredient',
      id: `i${product.id}`,
      for: [subject],
      status: 'active',
      role: { text: 'active' },
      substance: { code: { concept: { text: `Substance ${product.version}` } } },
    },
  ];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: records.length,
    link: [],
    entry: records.map(entryOf),
  };
}

function entryOf(resource: { readonly resourceType: string; readonly id: string }): object {
  return {
    fullUrl: `http://upstream/fhir/${resource.resourceType}/${resource.id}`,
    resource,
    search: { mode: 'match' },
  };
}
