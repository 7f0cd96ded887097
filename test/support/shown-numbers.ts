/** Collects every number and code of products that the service returns, by walking the schema and the responses. */
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

/** A number, and the products that return it. */
export interface ShownNumber {
  readonly value: string;
  /** The fields that return the number, such as `Package.pcid`. */
  readonly fields: ReadonlySet<string>;
  readonly products: ReadonlySet<string>;
}

/** Names of fields that are numbers. `Identifier.value` and the codes of substances and ATC are added. */
const namedAsNumber = /(?:number|code|id|reference)$/i;

/** Fields whose names look like numbers but are not numbers of records, with the reason. */
export const noNumbers: Readonly<Record<string, string>> = {
  'Source.versionId': 'the version of a record, which other records have as well',
  'Interactant.reference': 'what a product does not go with: it is not that product’s',
  'Interactant.concept': 'what a product does not go with: it is not that product’s',
  'Warning.code': 'a term: it tells what the warning is',
  'LegalStatusOfSupply.code': 'a term: it tells what the status is',
  'Route.code': 'a term: it tells what the route is',
};

/** Systems whose codes identify substances or ATC classes. Codes of other systems are terms. */
const registers =
  /100000093533|whocc\.no|\/SubstanceDefinition$|gsrs|fdasis|unii|CAS\b|2\.16\.840\.1\.113883\.(?:4\.9|6\.61)/i;

/** Fields whose codes are codes of substances, whatever their system. */
const ofSubstances: ReadonlySet<string> = new Set(['Substance.concept', 'SubstanceDefinition.codes']);

/** Links to the parent, to other products or too deep. Their records are collected elsewhere. */
const leadBack: ReadonlySet<string> = new Set([
  'Ingredient.administrableProducts',
  'Ingredient.manufacturedItems',
  'PackagedItem.item',
  'RegulatedAuthorization.subjects',
]);
/** Types that contain themselves, with the levels to select. */
const nested: Readonly<Record<string, number>> = { Packaging: 3 };

export const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

/** Operations that select all numbers of a product. Each selects one link, so that it stays within the limits. */
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

/** @param fragments names of fragments by their text, so that a repeated selection is written once */
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

/** Whether a field is selected: numbers, and codes with their systems. */
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

/** Numbers of pharmaceutical products. `lookup` finds them only if no other record has the number. */
const ofParts: ReadonlySet<string> = new Set(['AdministrableProduct.identifiers value']);

/** Returns all numbers of the products, without duplicates. @param products responses to `numberDocuments` */
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

/** @param at path of the field that has the value */
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
