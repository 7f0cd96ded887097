/** The operations of schema/operations as tests run them, and what of an answer can be compared. */
import { readdirSync, readFileSync } from 'node:fs';
import type { GraphqlAnswer } from './service.js';

export interface OperationFile {
  readonly name: string;
  readonly text: string;
}

const allFiles: readonly OperationFile[] = readdirSync('schema/operations')
  .sort()
  .map((file) => ({
    name: file.replace('.graphql', ''),
    text: readFileSync(`schema/operations/${file}`, 'utf8'),
  }));

/** What the index alone answers. */
const ofIndex = /\b(searchProducts|suggest|substances)\(/;
export const indexOperationFiles = allFiles.filter(({ text }) => ofIndex.test(text));
/** What looks through all products where the upstream cannot search for it: how it is answered hangs on their number. */
const ofAll = /\blookup\(|\bproducts\(\s*filter: (?!\{ (name|ids): )/;
export const wideOperationFiles = allFiles.filter(({ text }) => !ofIndex.test(text) && ofAll.test(text));
/** Operations that every upstream can answer. */
export const operationFiles = allFiles.filter(({ text }) => !ofIndex.test(text) && !ofAll.test(text));

export interface Gap {
  readonly path: readonly (string | number)[];
  readonly reason: string;
  readonly reference?: string;
  /** How many rows it is about, where that is known. */
  readonly count?: number;
}

export interface Upstream {
  readonly profile: string;
  readonly requests: number;
  readonly estimated: number;
  readonly incomplete: readonly Gap[];
  readonly plan?: Plan;
}

export interface Plan {
  readonly need: number;
  readonly steps: readonly object[];
  readonly calls: readonly { readonly asks: string }[];
  readonly text: string;
  readonly mermaid: string;
}

/** Reasons for which asking again may bring what is missing: such a list goes on, any other ends at its last row. */
export function mayBeMended(reason: string): boolean {
  return ['BUDGET', 'TIME', 'PAGE_FAILED', 'UNREADABLE_ENTRIES'].includes(reason);
}

/** @throws a TypeError where an operation was refused as a whole */
export function upstreamOf({ extensions }: Pick<GraphqlAnswer, 'extensions'>): Upstream {
  const { upstream } = (extensions ?? {}) as { readonly upstream?: Upstream };
  if (!upstream) throw new TypeError('the answer tells nothing of the upstream');
  return upstream;
}

/** Cursors hold addresses of the upstream's pages, and the service tells of its route. */
const differing: ReadonlySet<string> = new Set([
  'cursor',
  'startCursor',
  'endCursor',
  'url',
  'fetchedAt',
  'profile',
  'capabilities',
]);

/** @param others fields that are left out as well */
export function comparable(value: unknown, others: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((each) => comparable(each, others));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      differing.has(name) || others.includes(name) ? null : comparable(each, others),
    ]),
  );
}
