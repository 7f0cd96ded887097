/** Prints docs/filters.md: what products can be asked for and put in order by, from the table of facts and the schema. */
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
  holder: 'who may sell it',
  package: 'packages',
  supply: 'the product and its packages',
  item: 'manufactured items',
  administrable: 'what is given of it',
  ingredient: 'ingredients',
  route: 'the product, else what is given of it',
  maker: 'who makes it, its packages or what is in them',
  clinicalUse: 'clinical uses',
  standing: 'the authorizations that `Product.lifecycle` goes by',
};

const groups: readonly (readonly [NonNullable<RecordFact['group']> | undefined, string])[] = [
  ['authorization', 'Of one authorization'],
  ['package', 'Of one package'],
  ['ingredient', 'Of one ingredient'],
  [undefined, 'Each by itself'],
];

/** Returns the page. @throws where the schema lacks a part of the table, or the table one of the schema */
export function filtersPage(schema: GraphQLSchema): string {
  const fields = fieldsOf(schema, 'ProductFilter');
  const parts = writtenParts;
  const other = [...fields.keys()].find((name) => !parts.includes(name as FilterPart));
  if (other !== undefined) throw new RangeError(`the table of facts lacks ${other}`);
  return [
    '# Filters and orders',
    'Printed from the code by `npx vitest run test/docs.test.ts --update`.',
    `${parts.length} things can be asked of products, as many together as you like: \`products(filter:)\`. All that are given hold; of a list any one
value will do. What a record does not tell is left out, and the list says so (\`NOT_TOLD\`). An upstream that has the
search named here is asked by it; \`service { capabilities { filters { part support reason } } }\` tells which are had here.
Without one, the rest of the filter is looked through, up to 500 products. What the search named here does not find is
missing only where that cannot be done; then the list is marked \`NOT_ALL_SEARCHABLE\`.`,
    `Parts under one heading “Of one …” hold of one and the same record: \`country: ["SE"]\` with \`lifecycle: [AUTHORIZED]\` asks for
an authorization that holds in Sweden and is valid, not for one of each.`,
    ...groups.flatMap(([group, title]) => [
      `## ${title}`,
      table(
        ['part', 'what it asks', 'told by', 'elements read', 'search that may find it'],
        parts.filter((part) => groupOf(facts[part]) === group).map((part) => rowOf(part, fields.get(part))),
      ),
    ]),
    '## Values of several fields',
    table(
      ['field', 'what it asks'],
      nestedIn(schema, [...fields.values()]).map(({ name, of, field }) => [
        `\`${of}.${name}: ${String(field.type)}\``,
        field.description ?? '',
      ]),
    ),
    '## Orders',
    `\`products(sort:)\`. ${described(schema, 'ProductSortField')}`,
    table(['by', 'what it goes by', 'told by', 'elements read'], orderRows(schema)),
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
  const others = way?.unpushed === undefined ? '' : `; not ${way.unpushed}`;
  return [
    `\`${part}: ${String(field.type)}\``,
    field.description ?? '',
    toldBy(facts[part]),
    elementsIn(facts[part].reads),
    way ? `${way.pushedBy}${others}${markedFor(part)}` : 'none',
  ];
}

/** What its search leaves out, on an upstream where there may be such records. */
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
  return subjects ? `${own}; by itself: ${subjects.map((each) => records[each]).join(', ')}` : own;
}

function elementsIn(reads: Reads): string {
  const all = reads.filter(([, names]) => names.length > 0);
  if (all.length === 0) return 'what every record has';
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

/** The fields of inputs within inputs, each once. */
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
