/**
 * Unusual features of EMA's data. Each is a function that changes the resources of a product. They can be switched
 * off.
 */

import type {
  CodeableConcept,
  Ingredient,
  IngredientSubstanceStrength,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Quantity,
  Reference,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';
import { languages, measures } from './terms.js';

type Quirk = (family: readonly Resource[]) => readonly Resource[];

const EXTENSIONS = 'http://ema.europa.eu/fhir/extension';
const codeSystemName = {
  url: `${EXTENSIONS}/codeSystemName`,
  valueString: 'Referentials Management Service',
};

/** The UCUM codes of EMA's units of measurement. */
const ucumCodes: ReadonlyMap<string | undefined, string> = new Map([
  [measures.g.code, 'g'],
  [measures.mg.code, 'mg'],
  [measures.microgram.code, 'ug'],
  [measures.ml.code, 'mL'],
  [measures.IU.code, '[iU]'],
]);

/** References to resources that do not exist. */
const MISSING_ITEM = 'ManufacturedItemDefinition/29999999999';
const MISSING_HOLDER = 'Organization/ORG-100999999';

const quirks = {
  'https lists': mapText((text) => text.replace('http://spor.ema.europa.eu/', 'https://spor.ema.europa.eu/')),
  'capital-M number system': mapText((text) =>
    text.replace('fhir/marketingAuthorizationNumber', 'fhir/MarketingAuthorizationNumber'),
  ),
  'no displays': withoutDisplays,
  'merged list ids': mapText((text) =>
    text
      .replace(/lists\/20000000000[4678]$/, 'lists/200000000004~200000000006~200000000007~200000000008')
      .replace(/lists\/(?:100000110633|200000000014)$/, 'lists/100000110633~200000000014'),
  ),
  'no contained items': eachPackaging(({ containedItem: _, ...packaging }) => packaging),
  'zero quantities': each<PackagedProductDefinition>('PackagedProductDefinition', (pack) => ({
    ...pack,
    containedItemQuantity: (pack.containedItemQuantity ?? []).map((quantity) => ({ ...quantity, value: 0 })),
  })),
  'no quantities': each<PackagedProductDefinition>(
    'PackagedProductDefinition',
    ({ containedItemQuantity: _, ...pack }) => pack,
  ),
  'free-text descriptions': each<PackagedProductDefinition>('PackagedProductDefinition', (pack) => ({
    ...pack,
    description: freeText(pack),
  })),
  'implausible amounts': eachStrength((amount) => ({ ...amount, value: (amount.value ?? 0) * 1000 })),
  'units in UCUM': eachStrength(inUcum),
  'term versions': mapJson((_, value) =>
    isCoding(value)
      ? { extension: [{ url: `${EXTENSIONS}/termVersion`, valueInteger: 2 }, codeSystemName], ...value }
      : value,
  ),
  'substances of the older service': mapText((text) =>
    text.replace(
      'spor.ema.europa.eu/v2/SubstanceDefinition',
      'spor.azure-api.net/sms/api/v2/SubstanceDefinition',
    ),
  ),
  'language tags': each<MedicinalProductDefinition>('MedicinalProductDefinition', (product) => ({
    ...product,
    name: product.name.map(({ usage, ...name }) => ({
      ...name,
      usage: (usage ?? []).map((use) => ({ ...use, language: tagOf(use.language) })),
    })),
  })),
  'upper-case name parts': each<MedicinalProductDefinition>('MedicinalProductDefinition', (product) => ({
    ...product,
    name: product.name.map((name) => ({
      ...name,
      ...(name.part ? { part: name.part.map((part) => ({ ...part, part: part.part.toUpperCase() })) } : {}),
    })),
  })),
  'numeric element ids': eachPackaging((packaging) => ({
    id: '4360050',
    ...packaging,
    ...(packaging.containedItem
      ? { containedItem: packaging.containedItem.map((item, at) => ({ id: String(4360051 + at), ...item })) }
      : {}),
  })),
  'untyped references': mapReferences((text) => text.replace(/^[A-Za-z]+\/(?=\d)/, '')),
  'versioned references': mapReferences((text) => `${text}/_history/2`),
  'absolute references': mapReferences((text) => `https://api.pms.ema.europa.eu/public/v1/${text}`),
  'logical holder': eachHolder(({ reference: _, ...holder }) => holder),
  'dangling holder': eachHolder((holder) => ({ ...holder, reference: MISSING_HOLDER })),
  'dangling ingredient target': each<Ingredient>('Ingredient', (ingredient) => ({
    ...ingredient,
    for: [...(ingredient.for ?? []), { reference: MISSING_ITEM }],
  })),
  'dangling packaged item': eachPackaging((packaging) => ({
    ...packaging,
    ...(packaging.containedItem
      ? {
          containedItem: [
            ...packaging.containedItem,
            { item: { reference: { reference: MISSING_ITEM } }, amount: { value: 1 } },
          ],
        }
      : {}),
  })),
  'procedure with 0000': eachProcedure((value) => `${value}/0000`),
  'lower-case procedure': eachProcedure((value) => value.toLowerCase()),
  'blanks in procedures': eachProcedure((value) => ` ${value.replaceAll(/\/(?=\d)/g, ' / ')} `),
  'blanks in numbers': each<RegulatedAuthorization>('RegulatedAuthorization', (authorization) => ({
    ...authorization,
    identifier: (authorization.identifier ?? []).map(({ value = '', ...identifier }) => ({
      ...identifier,
      value: ` ${value.replace(/\/(?=\d)/, '/ ')} `,
    })),
  })),
} as const satisfies Readonly<Record<string, Quirk>>;

export type QuirkName = keyof typeof quirks;

export const quirkNames = Object.keys(quirks) as readonly QuirkName[];

export function applyQuirks(family: readonly Resource[], names: readonly QuirkName[]): readonly Resource[] {
  return names.reduce<readonly Resource[]>((resources, name) => quirks[name](resources), family);
}

/** Returns a function that changes the resources of one type. */
function each<T extends Resource>(type: T['resourceType'], change: (resource: T) => T): Quirk {
  return (family) =>
    family.map((resource) => (resource.resourceType === type ? change(resource as T) : resource));
}

function eachPackaging(
  change: (packaging: PackagedProductDefinitionPackaging) => PackagedProductDefinitionPackaging,
): Quirk {
  const walk = (packaging: PackagedProductDefinitionPackaging): PackagedProductDefinitionPackaging => {
    const changed = change(packaging);
    return changed.packaging ? { ...changed, packaging: changed.packaging.map(walk) } : changed;
  };
  return each<PackagedProductDefinition>('PackagedProductDefinition', (pack) =>
    pack.packaging ? { ...pack, packaging: walk(pack.packaging) } : pack,
  );
}

/** Returns a function that changes the numerators of strengths. */
function eachStrength(change: (amount: Quantity) => Quantity): Quirk {
  return each<Ingredient>('Ingredient', ({ substance, ...ingredient }) => ({
    ...ingredient,
    substance: {
      ...substance,
      ...(substance.strength
        ? { strength: substance.strength.map((each) => changeRatio(each, change)) }
        : {}),
    },
  }));
}

function changeRatio(
  { textPresentation: _, ...strength }: IngredientSubstanceStrength,
  change: (amount: Quantity) => Quantity,
): IngredientSubstanceStrength {
  const { numerator, ...ratio } = strength.presentationRatio ?? {};
  if (numerator === undefined) return strength;
  return { ...strength, presentationRatio: { ...ratio, numerator: change(numerator) } };
}

function inUcum(amount: Quantity): Quantity {
  const code = ucumCodes.get(amount.code);
  if (code === undefined) return amount;
  return { ...amount, system: 'http://unitsofmeasure.org', code, unit: code };
}

/** Formats the description of a package in the style of one of three sources. */
function freeText({ id, description = '' }: PackagedProductDefinition): string {
  const [size = ''] = description.split(' ');
  const wordings = [`Package_size:${size} Content:${description}`, `Pack size of ${description}`];
  return wordings[Number(id) % 3] ?? description.toUpperCase();
}

/** Returns the language tag, such as `de`, instead of EMA's term for the language. */
function tagOf({ coding }: CodeableConcept): CodeableConcept {
  const code = coding?.[0]?.code;
  const [tag] = Object.entries(languages).find(([, term]) => term.code === code) ?? [];
  return tag === undefined
    ? { coding: coding ?? [] }
    : { coding: [{ system: 'urn:ietf:bcp:47', code: tag }] };
}

function isCoding(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'code' in value && 'display' in value;
}

function eachHolder(change: (holder: Reference) => Reference): Quirk {
  return each<RegulatedAuthorization>('RegulatedAuthorization', ({ holder, ...authorization }) =>
    holder === undefined ? authorization : { ...authorization, holder: change(holder) },
  );
}

function eachProcedure(change: (value: string) => string): Quirk {
  return each<RegulatedAuthorization>('RegulatedAuthorization', (authorization) => {
    const { identifier, ...rest } = authorization.case ?? {};
    if (identifier?.value === undefined) return authorization;
    return {
      ...authorization,
      case: { ...rest, identifier: { ...identifier, value: change(identifier.value) } },
    };
  });
}

/** Returns a function that changes every string value at any depth. */
function mapText(change: (text: string) => string): Quirk {
  return mapJson((_, value) => (typeof value === 'string' ? change(value) : value));
}

function mapReferences(change: (reference: string) => string): Quirk {
  return mapJson((key, value) => (key === 'reference' && typeof value === 'string' ? change(value) : value));
}

/** Removes the displays of codings and the names of units. The `display` of a reference is not removed. */
function withoutDisplays(family: readonly Resource[]): readonly Resource[] {
  return mapJson((_, value) => {
    const isCoded = typeof value === 'object' && value !== null && 'code' in value && 'system' in value;
    if (!isCoded) return value;
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'display' && key !== 'unit'));
  })(family);
}

function mapJson(change: (key: string, value: unknown) => unknown): Quirk {
  return (family) =>
    family.map(({ meta, ...resource }) => {
      const changed = mapMembers(resource, change) as Resource;
      return { ...changed, ...(meta === undefined ? {} : { meta }) };
    });
}

/** Changes every member from the innermost outwards, like the reviver of JSON.parse. */
function mapMembers(node: unknown, change: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(node)) return node.map((element) => change('', mapMembers(element, change)));
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) copy[key] = change(key, mapMembers(value, change));
  return copy;
}
