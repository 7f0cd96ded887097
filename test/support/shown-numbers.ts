/** Every number and code that the service shows of products: found by walking the schema and the answers, field by field. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from 'graphql';
import type { Fields } from './service.js';

/** A number, and the products that show it. */
export interface ShownNumber {
  readonly value: string;
  /** `Package.pcid`, each field that shows it. */
  readonly fields: ReadonlySet<string>;
  readonly products: ReadonlySet<string>;
}

/** Fields of identifiers by their names; `Identifier.value` and the codes of substances and of ATC beside them. */
const namedAsNumber = /(?:number|code|id|reference)$/i;

/** Fields with names like those of numbers that are not numbers of records, with the reason. */
export const noNumbers: Readonly<Record<string, string>> = {
  'Source.versionId': 'the version of a record, which other records have as well',
  'Interactant.reference': 'what a product does not go with: it is not that product’s',
  'Interactant.concept': 'what a product does not go with: it is not that product’s',
  'Warning.code': 'a term: it tells what the warning is',
  'LegalStatusOfSupply.code': 'a term: it tells what the status is',
  'Route.code': 'a term: it tells what the route is',
};

/** Lists whose codes are those of substances and of ATC classes; all others tell what something is, and number nothing. */
const registers =
  /100000093533|whocc\.no|\/SubstanceDefinition$|gsrs|fdasis|unii|CAS\b|2\.16\.840\.1\.113883\.(?:4\.9|6\.61)/i;

/** Whatever their system: codes of substances. */
const ofSubstances: ReadonlySet<string> = new Set(['Substance.concept', 'SubstanceDefinition.codes']);

/** Links that lead back, out to other products, or deep down: what is behind them is shown elsewhere. */
const leadBack: ReadonlySet<string> = new Set([
  'Ingredient.administrableProducts',
  'Ingredient.manufacturedItems',
  'PackagedItem.item',
  'RegulatedAuthorization.subjects',
]);
/** It lies in itself; so deep it is asked for. */
const nested: Readonly<Record<string, number>> = { Packaging: 3 };

export const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

/** All that may show a number of products, in operations of a size that is taken: one for each link of a product. */
export const numberDocuments: readonly string[] = documentsOf(typeNamed('Product'));

function documentsOf(product: GraphQLObjectType): readonly string[] {
  const fields = Object.values(product.getFields());
  const leaves = fields.filter(({ type }) => isLeafType(getNamedType(type)));
  const links = fields.filter((field) => !leaves.includes(field));
  return [leaves, ...links.map((field) => [field])].flatMap((some) => {
    const fragments = new Map<string, string>();
    const selected = selectionOf(product, [], fragments, some);
    const parts = [...fragments].map(([text, name]) => `fragment ${name} ${text}`).join('\n');
    const asked = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { pmsId } ${selected} } }`;
    return selected === '' ? [] : [`${asked}\n${parts}`];
  });
}

function typeNamed(name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new TypeError(`there is no type ${name}`);
  return type;
}

/** @param fragments what is selected in many places is written once: by its text, what it is called */
function selectionOf(
  type: GraphQLNamedType,
  path: readonly string[],
  fragments: Map<string, string>,
  only?: readonly GraphQLField<unknown, unknown>[],
): string {
  if (isAbstractType(type))
    return schema
      .getPossibleTypes(type)
      .map((each) => selectionOf(each, path, fragments))
      .join(' ');
  if (!isObjectType(type)) return '';
  const isConnection = type.name.endsWith('Connection');
  const within = [...path, type.name];
  const fields = (only ?? Object.values(type.getFields())).flatMap((field) => {
    const of = getNamedType(field.type);
    if (leadBack.has(`${type.name}.${field.name}`) || (isConnection && field.name !== 'nodes')) return [];
    if (isLeafType(of)) return isAsked(type, field) ? [field.name] : [];
    if (`${type.name}.${field.name}` in noNumbers || isOnPath(of, within)) return [];
    const below = selectionOf(of, within, fragments);
    const args = field.args.some(({ name }) => name === 'first') ? '(first: 100)' : '';
    return below === '' ? [] : [`${field.name}${args} { ${below} }`];
  });
  if (fields.length === 0) return '';
  const text = `on ${type.name} { __typename ${fields.join(' ')} }`;
  const name = fragments.get(text) ?? `part${fragments.size}`;
  fragments.set(text, name);
  return `...${name}`;
}

function isOnPath(type: GraphQLNamedType, path: readonly string[]): boolean {
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  return types.some(({ name }) => {
    const own = name.replace(/Connection$/, '');
    return path.filter((each) => each === own).length >= (nested[own] ?? 1);
  });
}

/** The sources of numbers: those of codings by their systems. */
function isAsked({ name }: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
  if (name === 'Coding') return ['code', 'system'].includes(field.name);
  return isNumberField(name, field);
}

function isNumberField(type: string, field: GraphQLField<unknown, unknown>): boolean {
  const path = `${type}.${field.name}`;
  if (path in noNumbers || type === 'Concept') return false;
  const { name } = getNamedType(field.type);
  if (name === 'ID' || path === 'Identifier.value') return true;
  return name === 'String' && namedAsNumber.test(field.name);
}

/** Numbers of pharmaceutical products: they count only if no other record has them. */
const ofParts: ReadonlySet<string> = new Set(['AdministrableProduct.identifiers value']);

/** All numbers of some products, each once. @param products as `numberDocuments` give them */
export function numbersShown(products: readonly (Fields | null)[]): readonly ShownNumber[] {
  const all = new Map<string, Map<string, Set<string>>>();
  for (const product of products) {
    if (!product) continue;
    const id = String(product['pmsId']);
    for (const { field, value } of numbersIn(product, 'Query.nodes')) {
      const byField = all.get(value) ?? new Map<string, Set<string>>();
      byField.set(field, (byField.get(field) ?? new Set()).add(id));
      all.set(value, byField);
    }
  }
  return [...all].map(([value, byField]) => {
    const others = [...byField].filter(([field]) => !ofParts.has(field));
    const counted = others.length > 0 ? others : [...byField];
    return {
      value,
      fields: new Set(byField.keys()),
      products: new Set(counted.flatMap(([, ids]) => [...ids])),
    };
  });
}

interface Told {
  readonly field: string;
  readonly value: string;
}

/** @param at the field that it is the value of */
function numbersIn(value: unknown, at: string, above = ''): readonly Told[] {
  if (Array.isArray(value)) return value.flatMap((each) => numbersIn(each, at, above));
  if (typeof value !== 'object' || value === null) return [];
  const { __typename: type, ...fields } = value as { readonly __typename: string } & Fields;
  if (type === 'Coding') return codeOf(fields, above);
  const known = typeNamed(type).getFields();
  return Object.entries(fields).flatMap(([name, each]) => {
    const field = known[name];
    const path = `${type}.${name}`;
    if (typeof each === 'string')
      return field && isNumberField(type, field) && each.trim() !== ''
        ? [{ field: type === 'Identifier' ? `${at} value` : path, value: each }]
        : [];
    return numbersIn(each, path, at);
  });
}

function codeOf({ code, system }: Fields, at: string): readonly Told[] {
  const isIt = ofSubstances.has(at) || (typeof system === 'string' && registers.test(system));
  return isIt && typeof code === 'string' && code.trim() !== '' ? [{ field: `${at} code`, value: code }] : [];
}
