/** All places in the code that list the linked resource types: each has a test, so that none is forgotten for a new type. */
import { readdirSync, readFileSync } from 'node:fs';
import { isInterfaceType, isObjectType, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { targets } from '../src/catalogue/graph/link.js';
import { links, type LinkName } from '../src/catalogue/graph/links.js';
import { reverses, searchOf } from '../src/catalogue/plan/capabilities.js';
import type { ResourceType } from '../src/fhir/resources.js';
import { extensionsOf } from '../src/graphql/schema/field.js';
import { resolvers } from '../src/graphql/schema/resolvers/index.js';
import { createSchema } from '../src/graphql/schema/schema.js';
import { nouns } from '../src/graphql/schema/types/index.js';
import { searchParameters } from '../src/sandbox/parameters.js';
import { sampleResources } from '../src/sandbox/world/sample.js';

const schema = createSchema();
const types = Object.keys(nouns) as readonly ResourceType[];
const fields = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) || isInterfaceType(type))
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
  .map(({ type, field }) => ({ name: `${type.name}.${field.name}`, link: extensionsOf(field).link }));

/** Links that only filters, terms or the crawl follow: no field returns them. */
const unseen: ReadonlySet<string> = new Set(['substance.names', 'product.details']);

/**
 * Links that are only compared with a real server by random operations (`test/hapi/operations.test.ts`), because `truth.ts`
 * does not have them.
 */
const leftToChance: readonly string[] = [
  ...[
    'ClinicalUse',
    'Indication',
    'Contraindication',
    'Interaction',
    'UndesirableEffect',
    'Warning',
    'OtherClinicalUse',
  ].map((type) => `${type}.products`),
  'Product.clinicalUses',
  'Contact.organization',
  'ManufacturingOperation.type',
  'ManufacturingOperation.activity',
  'ManufacturingOperation.organizations',
  'ManufacturingActivity.organizations',
  'ManufacturingActivity.authorizations',
  'Substance.name',
  'Substance.definition',
  'SubstanceDefinition.manufacturers',
];

describe('a linked resource type', () => {
  it('can be reached from a product by a row of the table of links', () => {
    const reached = new Set<ResourceType>(['MedicinalProductDefinition']);
    // Iterating over a set also visits elements that are added meanwhile.
    for (const from of reached)
      for (const link of Object.values(links)) for (const type of targets(link, from)) reached.add(type);
    expect(types.filter((type) => !reached.has(type))).toEqual([]);
  });

  it('has a GraphQL field for each row of the table of links', () => {
    const followed = new Set<string | undefined>(fields.map(({ link }) => link));
    const rows = Object.keys(links) as readonly LinkName[];
    expect(rows.filter((row) => !followed.has(row) && !unseen.has(row))).toEqual([]);
  });

  it('has its link fields in a resolver of the schema', () => {
    const folder = 'src/graphql/schema/resolvers';
    const written = readdirSync(folder).flatMap((file) =>
      [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^export class (\w+Resolver)\b/gm)].map(
        ([, name]) => name,
      ),
    );
    expect(written.sort()).toEqual(resolvers.map(({ name }) => name).sort());
  });

  it('is a GraphQL type with the name that is in its ids', () => {
    expect(types.map((type) => schema.getType(nouns[type].name)?.name)).toEqual(
      types.map((type) => nouns[type].name),
    );
    const node = schema.getType('Node');
    const nodes = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
    expect(types.flatMap((type) => nouns[type].kinds).sort()).toEqual([...nodes].sort());
  });

  it('has a row in the glossary of docs/queries.md', () => {
    const [, glossary = ''] = readFileSync('docs/queries.md', 'utf8').split('\n## Glossary\n');
    expect(
      types.filter((type) => !new RegExp(`^\\| .*\\| .*\\b${type}\\b.* \\|`, 'm').test(glossary)),
    ).toEqual([]);
  });

  it('has records in the sandbox, and every search that finds it by its parent', () => {
    const held = new Set(sampleResources({ quirks: true }).map(({ resourceType }) => resourceType));
    expect(types.filter((type) => !held.has(type))).toEqual([]);
    const lacking = reverses.filter(({ type, parameter }) => !searchParameters[type]?.[parameter]);
    expect(lacking.map(searchOf)).toEqual([]);
  });

  it('is in the operation with which the HAPI tests compare every link', () => {
    const asked = new Set<string>();
    const info = new TypeInfo(schema);
    const document = parse(readFileSync('test/hapi/every-link.graphql', 'utf8'));
    visit(
      document,
      visitWithTypeInfo(info, {
        Field: () => {
          const [parent, field] = [info.getParentType(), info.getFieldDef()];
          if (parent && field) asked.add(`${parent.name}.${field.name}`);
        },
      }),
    );
    const rows = new Set<string>(Object.keys(links));
    const linked = fields.filter(({ link }) => link !== undefined && rows.has(link));
    const missing = linked.map(({ name }) => name).filter((name) => !asked.has(name));
    expect(missing.sort()).toEqual([...leftToChance].sort());
  });
});
