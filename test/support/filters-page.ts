/** Prints docs/filters.md from the table of facts and the schema: the parts of a product filter, and the orders. */
import {
  isEnumType,
  isInputObjectType,
  getNamedType,
  type GraphQLInputField,
  type GraphQLSchema,
} from 'graphql';
import { unfoundBy, wayOf } from '../../src/catalogue/search/pushes.js';
import type { Fact, Reads, RecordFact, Subject } from '../../src/facts/fact.js';
import type { FilterPart } from '../../src/facts/filter.js';
import { sorts, type SortField } from '../../src/facts/sorts.js';
import { facts, writtenParts } from '../../src/facts/table.js';
import { table } from './markdown.js';

const records: Readonly<Record<Subject, string>> = {
  product: 'the product',
  authorization: 'authorizations of the product and of its packages',
  holder: 'the holders of its authorizations',
  package: 'packages',
  supply: 'the product and its packages',
  item: 'manufactured items',
  administrable: 'administrable products',
  ingredient: 'ingredients',
  route: 'the product, else its administrable products',
  maker: 'manufacturers of the product, its packages and their contents',
  clinicalUse: 'clinical uses',
  standing: 'the authorizations that decide `Product.lifecycle`',
};

const groups: readonly (readonly [NonNullable<RecordFact['group']> | undefined, string])[] = [
  ['authorization', 'Of one authorization'],
  ['package', 'Of one package'],
  ['ingredient', 'Of one ingredient'],
  [undefined, 'Independent parts'],
];

/** Returns the page. @throws if a filter part is only in the schema or only in the table */
export function filtersPage(schema: GraphQLSchema): string {
  const fields = fieldsOf(schema, 'ProductFilter');
  const parts = writtenParts;
  const other = [...fields.keys()].find((name) => !parts.includes(name as FilterPart));
  if (other !== undefined) throw new RangeError(`the table of facts lacks ${other}`);
  return [
    '# Filters and orders',
    'Printed from the code by `npx vitest run test/docs.test.ts --update`.',
    `\`products(filter:)\` takes ${parts.length} parts, in any combination. A product must meet every part that is given. Of a list of values,
one is enough. A product is left out if its records do not say whether it meets a part. The list is then marked \`NOT_TOLD\`.`,
    `The last column names the search that an upstream may have for a part. \`service { capabilities { filters { part support reason } } }\`
says which of these searches the upstream has. Without the search, the service finds products by the rest of the filter,
and checks them one by one, up to 500 products. The last column also names the records that such a search does not find.
If the service cannot check products one by one either, those records are missing, and the list is marked \`NOT_ALL_SEARCHABLE\`.`,
    `One record must meet all parts under a heading “Of one …”: \`country: ["SE"]\` with \`lifecycle: [AUTHORIZED]\` finds products
with an authorization that is both Swedish and valid, not products with one authorization of each kind.`,
    ...groups.flatMap(([group, title]) => [
      `## ${title}`,
      table(
        ['part', 'meaning', 'records', 'elements', 'search of the upstream'],
        parts.filter((part) => groupOf(facts[part]) === group).map((part) => rowOf(part, fields.get(part))),
      ),
    ]),
    '## Parts with fields of their own',
    table(
      ['field', 'meaning'],
      nestedIn(schema, [...fields.values()]).map(({ name, of, field }) => [
        `\`${of}.${name}: ${String(field.type)}\``,
        field.description ?? '',
      ]),
    ),
    '## Orders',
    `\`products(sort:)\`. ${described(schema, 'ProductSortField')}`,
    table(['order', 'meaning', 'records', 'elements'], orderRows(schema)),
  ]
    .join('\n\n')
    .concat('\n');
}

function groupOf(fact: Fact): RecordFact['group'] {
  return 'group' in fact ? fact.group : undefined;
}

function rowOf(part: FilterPart, field: GraphQLInputField | undefined): readonly string[] {
  if (!field) throw new RangeError(`the schema lacks ProductFilter.${part}`);
  const way = wayOf(part);
  const others = way?.unpushed === undefined ? '' : `; not for ${way.unpushed}`;
  return [
    `\`${part}: ${String(field.type)}\``,
    field.description ?? '',
    toldBy(facts[part]),
    elementsIn(facts[part].reads),
    way ? `${way.pushedBy}${others}${markedFor(part)}` : 'none',
  ];
}

/** Words which records the upstream's search may not find. */
function markedFor(part: FilterPart): string {
  const sample = wayOf(part)?.sample;
  const unfound = sample === undefined ? undefined : unfoundBy(part, sample as never);
  return unfound === undefined ? '' : `; it does not find ${unfound}`;
}

function toldBy(fact: Fact): string {
  if ('with' in fact) return fact.with.map((subject) => `all ${records[subject]}`).join(', ');
  const { at, alone } = fact;
  const own = `${at ? `the ${at} of ` : ''}${records[fact.of]}`;
  const subjects = alone && ('of' in alone ? [alone.of] : alone.with);
  return subjects ? `${own}; if asked alone: ${subjects.map((each) => records[each]).join(', ')}` : own;
}

function elementsIn(reads: Reads): string {
  const all = reads.filter(([, names]) => names.length > 0);
  if (all.length === 0) return 'the id';
  return all.map(([type, names]) => `${type} ${names.map((name) => `\`${name}\``).join(', ')}`).join('; ');
}

function orderRows(schema: GraphQLSchema): readonly (readonly string[])[] {
  const type = schema.getType('ProductSortField');
  if (!isEnumType(type)) throw new TypeError('ProductSortField is an enum');
  return (Object.keys(sorts) as SortField[]).map((by) => [
    `\`${by}\``,
    type.getValue(by)?.description ?? '',
    sorts[by].with.map((subject) => records[subject]).join(', ') || records.product,
    elementsIn(sorts[by].reads),
  ]);
}

function fieldsOf(schema: GraphQLSchema, name: string): ReadonlyMap<string, GraphQLInputField> {
  const type = schema.getType(name);
  if (!isInputObjectType(type)) throw new TypeError(`${name} is an input`);
  return new Map(Object.entries(type.getFields()));
}

interface Nested {
  readonly of: string;
  readonly name: string;
  readonly field: GraphQLInputField;
}

/** Returns the fields of nested input types, without duplicates. */
function nestedIn(schema: GraphQLSchema, fields: readonly GraphQLInputField[]): readonly Nested[] {
  const inner = [...new Set(fields.map(({ type }) => getNamedType(type)).filter(isInputObjectType))];
  return inner.flatMap(({ name: of }) => {
    const own = [...fieldsOf(schema, of)].map(([name, field]) => ({ of, name, field }));
    return [
      ...own,
      ...nestedIn(
        schema,
        own.map(({ field }) => field),
      ),
    ];
  });
}

function described(schema: GraphQLSchema, name: string): string {
  return schema.getType(name)?.description ?? '';
}
