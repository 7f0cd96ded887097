/** The operations of schema/operations as tests run them, and the comparable parts of their responses. */
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

/** Fields that need the index. */
const ofIndex = /\b(searchProducts|suggest|substances|changes)\(/;
export const indexOperationFiles = allFiles.filter(({ text }) => ofIndex.test(text));
/** Fields that read all products if the upstream has no search for the filter. The response depends on the number of products. */
const ofAll = /\blookup\(|\bproducts\(\s*filter: (?!\{ (name|ids): )/;
export const wideOperationFiles = allFiles.filter(({ text }) => !ofIndex.test(text) && ofAll.test(text));
/** Operations that every upstream supports. */
export const operationFiles = allFiles.filter(({ text }) => !ofIndex.test(text) && !ofAll.test(text));

export interface Gap {
  readonly path: readonly (string | number)[];
  readonly reason: string;
  readonly reference?: string;
  /** Number of rows that the gap concerns, if known. */
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

/** Whether a later request may fill the gap. Such a list has a next page. Any other list ends at its last row. */
export function mayBeMended(reason: string): boolean {
  return ['BUDGET', 'TIME', 'PAGE_FAILED', 'UNREADABLE_ENTRIES'].includes(reason);
}

/** @throws a TypeError if the operation was refused */
export function upstreamOf({ extensions }: Pick<GraphqlAnswer, 'extensions'>): Upstream {
  const { upstream } = (extensions ?? {}) as { readonly upstream?: Upstream };
  if (!upstream) throw new TypeError('the answer tells nothing of the upstream');
  return upstream;
}

/** Fields that differ between routes to the upstream: cursors contain URLs of pages. */
const differing: ReadonlySet<string> = new Set([
  'cursor',
  'startCursor',
  'endCursor',
  'url',
  'fetchedAt',
  'profile',
  'capabilities',
]);

/** @param others further fields to leave out */
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
