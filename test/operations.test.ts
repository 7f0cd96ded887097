/** Every operation in schema/operations: valid, typed, runs unchanged, and has equal data on both routes. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as generated from './generated/operations.js';
import { indexOperationFiles, wideOperationFiles } from './support/operations.js';
import { oneIn } from './support/tier.js';
import { startTestService, type GraphqlAnswer, type TestService } from './support/service.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const files = readdirSync('schema/operations').sort();
const documents = new Map(
  Object.values(generated as Readonly<Record<string, DocumentNode>>)
    .map((document) => [nameOf(document), document] as const)
    // A fragment has its own type.
    .filter(([name]) => name !== ''),
);

/** test/tasks.test.ts runs these operations without an index, too. */
function takesIndex(file: string): boolean {
  return [...indexOperationFiles, ...wideOperationFiles].some(({ name }) => `${name}.graphql` === file);
}

function nameOf(document: DocumentNode): string {
  const [definition] = document.definitions;
  return definition?.kind === 'OperationDefinition' ? (definition.name?.value ?? '') : '';
}

function upstreamOf({ extensions }: GraphqlAnswer): {
  requests: number;
  estimated: number;
  incomplete: { reason: string; path: readonly unknown[] }[];
} {
  return (
    extensions as {
      upstream: ReturnType<typeof upstreamOf>;
    }
  ).upstream;
}

/** Omits cursors, which contain URLs of the upstream, and counts, which not every upstream gives. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const differing = new Set([
    'cursor',
    'startCursor',
    'endCursor',
    'url',
    'fetchedAt',
    'profile',
    'capabilities',
    'asOf',
    'oldest',
    'at',
  ]);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, differing.has(name) ? null : comparable(each)]),
  );
}

function leavesOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return Object.values(value).flatMap(leavesOf);
}

describe('an example operation in schema/operations', () => {
  const routes = ['everything', 'search'] as const;
  let services: readonly TestService[];
  /** Services with an index, which was filled by each route. */
  let holding: readonly TestService[];
  beforeAll(async () => {
    services = await Promise.all(routes.map((profile) => startTestService({ profile })));
    holding = await Promise.all(
      routes.map((profile) => startTestService({ profile, index: true, cacheTtlMs: 600_000 })),
    );
  });
  afterAll(() => Promise.all([...services, ...holding].map((service) => service.stop())));

  it('is the only one in its file, and has generated TypeScript types', () => {
    expect(documents.size).toBe(files.length);
  });

  // Relay and genqlient refuse a default beside "!". Houdini refuses a fragment that uses a variable of its operation, and
  // writes comments into template literals unchanged. Caches key objects by their ids, and distinguish types of a union by
  // `__typename`. Texts of two languages under one key would mix.
  it.each(files)('%s follows the rules of Relay, genqlient, Houdini and normalized client caches', (file) => {
    const info = new TypeInfo(schema);
    const faults: string[] = [];
    const text = readFileSync(`schema/operations/${file}`, 'utf8');
    if (text.includes('`')) faults.push('a backtick');
    for (const definition of parse(text).definitions)
      visit(
        definition,
        visitWithTypeInfo(info, {
          Variable({ name }) {
            if (definition.kind === Kind.FRAGMENT_DEFINITION)
              faults.push(`fragment ${definition.name.value} uses $${name.value}`);
          },
          VariableDefinition({ variable, type, defaultValue }) {
            if (defaultValue && type.kind === Kind.NON_NULL_TYPE)
              faults.push(`$${variable.name.value} has a default and "!"`);
          },
          Field({ name, arguments: given = [], selectionSet }) {
            const hasLanguage = info.getFieldDef()?.args.some((argument) => argument.name === 'language');
            if (hasLanguage && !given.some((argument) => argument.name.value === 'language'))
              faults.push(`${name.value} has no language`);
            const type = getNamedType(info.getType());
            const has = (wanted: string): boolean =>
              selectionSet?.selections.some(
                (each) => each.kind === Kind.FIELD && each.name.value === wanted,
              ) ?? true;
            if (isAbstractType(type) && !has('__typename')) faults.push(`${name.value} has no __typename`);
            // The cache key of a substance.
            if (type?.name === 'Substance' && !has('code')) faults.push(`${name.value} has no code`);
            if (isCompositeType(type) && 'getFields' in type && type.getFields()['id'] && !has('id'))
              faults.push(`${name.value} has no id`);
          },
        }),
      );
    expect(faults).toEqual([]);
  });

  it.each(files)('%s begins with a comment that states its purpose', (file) => {
    const text = readFileSync(`schema/operations/${file}`, 'utf8');
    expect(text).toMatch(/^# \S+( \S+){4,}/);
    expect(parse(text).definitions).not.toHaveLength(0);
  });

  it.each(oneIn(5, files))(
    '%s returns equal data with the profiles `everything` and `search`, within its estimate of requests',
    async (file) => {
      const document = documents.get(nameOf(parse(readFileSync(`schema/operations/${file}`, 'utf8'))));
      if (!document) throw new Error(`${file} was not typed`);
      const asked = takesIndex(file) ? holding : services;
      const [one, other] = await Promise.all(asked.map((service) => service.query(print(document))));
      if (!one || !other) throw new Error('there are two routes');
      expect(one.errors ?? []).toEqual([]);
      expect(other.errors ?? []).toEqual([]);
      expect(comparable(other.data)).toEqual(comparable(one.data));
      // An example should find something.
      expect(leavesOf(one.data).filter((leaf) => leaf !== null).length).toBeGreaterThan(3);
      for (const answer of [one, other]) {
        const { requests, estimated, incomplete } = upstreamOf(answer);
        expect(requests).toBeLessThanOrEqual(takesIndex(file) ? 0 : estimated);
        // Missing values in records are no fault of the operation. The index is younger than the changes that it is asked
        // for.
        const isExpected = ({ reason, path }: { reason: string; path: readonly unknown[] }): boolean =>
          reason === 'NOT_TOLD' || (reason === 'NOT_ALL_HELD' && path[0] === 'changes');
        expect(incomplete.filter((gap) => !isExpected(gap))).toEqual([]);
      }
    },
  );
});
