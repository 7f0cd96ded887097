/** The texts by which users search for a product, such as names and substances, and the words in these texts. */
import { textsIn, textsOf, identifiersOf } from '../../facts/concepts.js';
import { isAuthorizing } from '../../facts/authorizations/authorizing.js';
import { atcOf, namesOf } from '../../facts/of-product.js';
import { isActive } from '../../facts/substances/actives.js';
import { compositionKey } from '../../facts/substances/composition.js';
import { substancesIn } from '../../facts/substances/substances.js';
import type { Subject } from '../../facts/fact.js';
import { elements, unlessOdd } from '../../fhir/elements.js';
import { ofType, type FhirResource, type ResourceOf } from '../../fhir/resources.js';
import { atcNameOf } from '../../terms/ema-terms.js';
import { foldText } from '../../terms/fold.js';
import { inventedPart } from '../../terms/name-parts.js';
import { foldNumber, foldProcedure } from '../../terms/numbers.js';
import type { TokenRow, ContentRow } from '../store/index-store.js';
import { typedWords, wordsIn } from '../words/tokens.js';

/** The part of the content rows with the texts of products. The tokens of their words have the same kind. */
export const textPart = 'said';

/** The kinds of texts. The `record` of a token is the position of its kind of text in this list. */
export const textFields = ['NAME', 'SUBSTANCE', 'HOLDER', 'ATC'] as const;
export type TextField = (typeof textFields)[number];
/** The `record` of a token whose word is the complete name of a substance. */
export const wholeSubstance = textFields.length;

/** Token kind: a number of a package, such as its PCID, in folded spelling. */
export const packageNumber = 'package number';

/** Token kind: a mark for products whose texts cannot be read. Such a product may have any name. */
export const unreadableTexts = 'said untold';
/** The value of the token for unreadable texts. */
export const anything = '*';
/**
 * The part of the content rows with the numbers of an authorization as the record writes them, if their folded
 * spelling is different.
 */
export const writtenPart = 'written numbers';

/** The numbers of an authorization, as the record writes them. */
export type Written = Readonly<Partial<Record<'authorizationNumber' | 'procedureNumber', readonly string[]>>>;

/** The part of the content rows with the names of a product for exact matches. They consist only of words. */
export const spelledPart = 'spelled';

/** Reduces a text to its words, without other characters between them. */
export function spelling(text: string): string {
  return typedWords(text)
    .map((word) => word.text)
    .join(' ');
}

/** All texts by which users may search a product. */
export type ProductTexts = Readonly<Record<TextField, readonly string[]>> & {
  /** The brand in the product's name, in folded spelling. */
  readonly brand?: string;
};

/**
 * The values by which products can share a row of a result: the numbers of their authorizations, which are equal for
 * duplicates; their `compositionKey`; or the brand in their names. A product without the value has a row for itself.
 */
export const foldings = ['AUTHORIZATION', 'COMPOSITION', 'BRAND'] as const;
export type Folding = (typeof foldings)[number];

/** Returns the part of the content rows for grouping. Products that share a row have the same shape in this part. */
export function foldingPart(folding: Folding): string {
  return `folding ${folding}`;
}

/** A product, with the records that belong to it. */
interface Telling {
  readonly product: ResourceOf<'MedicinalProductDefinition'>;
  records(subject: Subject): ToldRecords | undefined;
}

interface ToldRecords {
  readonly records: readonly { readonly resource: FhirResource | undefined }[];
  readonly isWhole: boolean;
}

export function textRows(telling: Telling): {
  readonly told: readonly ContentRow[];
  readonly tokens: readonly TokenRow[];
} {
  const { said, isUntold } = saidOf(telling);
  const numbers = packageNumbersOf(telling);
  const words = textFields.flatMap((field, record) =>
    [...new Set(said[field].flatMap(wordsIn))].map((value) => ({ kind: textPart, value, record })),
  );
  const whole = new Set(said.SUBSTANCE.map(wordsIn).flatMap((all) => (all.length === 1 ? all : [])));
  const folded = foldings.flatMap((folding): readonly ContentRow[] => {
    const shape = unlessOdd(() => foldedBy[folding](telling));
    return shape === undefined ? [] : [{ part: foldingPart(folding), record: 0, shape }];
  });
  return {
    told: [
      { part: textPart, record: 0, shape: JSON.stringify(said) },
      { part: spelledPart, record: 0, shape: JSON.stringify([...new Set(said.NAME.map(spelling))]) },
      ...folded,
      ...writtenBy(telling),
    ],
    tokens: [
      ...(isUntold ? [{ kind: unreadableTexts, value: anything, record: 0 }] : []),
      ...words,
      ...[...whole].map((value) => ({ kind: textPart, value, record: wholeSubstance })),
      ...[...numbers].map((value) => ({ kind: packageNumber, value: value ?? anything, record: 0 })),
    ],
  };
}

export function readTexts(shape: string): ProductTexts {
  return JSON.parse(shape) as ProductTexts;
}

const foldedBy: Readonly<Record<Folding, (telling: Telling) => string | undefined>> = {
  AUTHORIZATION: authorizationOf,
  COMPOSITION: compositionOf,
  BRAND: brandOf,
};

function saidOf(telling: Telling): { readonly said: ProductTexts; readonly isUntold: boolean } {
  const { product } = telling;
  const brand = unlessOdd(() => brandOf(telling));
  const [names, substances, holders, classes] = [
    unlessOdd(() => namesOf(product)),
    unlessOdd(() => substancesOf(telling)),
    unlessOdd(() => holdersOf(telling)),
    unlessOdd(() => classesOf(product)),
  ];
  const said: ProductTexts = {
    ...(brand !== undefined && { brand }),
    NAME: names ?? [],
    SUBSTANCE: substances ?? [],
    HOLDER: holders ?? [],
    ATC: classes ?? [],
  };
  return { said, isUntold: !names || !substances || !holders || !classes };
}

/**
 * Returns the codes and names of a product's ATC classes. If the record states only the code of a class, the built-in
 * name is added.
 */
function classesOf({ classification }: Telling['product']): readonly string[] {
  const codes = atcOf(classification);
  const texts = elements(classification).flatMap((concept) => textsIn(concept));
  return [...new Set([...codes, ...texts, ...codes.flatMap((code) => atcNameOf(code) ?? [])])];
}

/** Returns the names of active substances. Excipients are left out, because they would find most products. */
function substancesOf(telling: Telling): readonly string[] {
  const actives = ofType('Ingredient', recordsIn(telling.records('ingredient'))).filter(
    (each) => isActive(each) !== false,
  );
  const names = actives.flatMap((each) => {
    const { own, bases } = substancesIn(each);
    return [own, ...bases].flatMap((substance) => substance.names);
  });
  return [...new Set(names)];
}

function holdersOf(telling: Telling): readonly string[] {
  const organizations = ofType('Organization', recordsIn(telling.records('holder')));
  return [...new Set(organizations.flatMap(({ name, alias }) => textsOf([name, ...textsOf(alias)])))];
}

/** Returns the numbers of a product's packages; `undefined` stands for numbers that cannot be read. */
function packageNumbersOf(telling: Telling): ReadonlySet<string | undefined> {
  const packages = ofType('PackagedProductDefinition', recordsIn(telling.records('package')));
  return new Set(
    packages.flatMap(
      (each) =>
        unlessOdd(() => identifiersOf(each.identifier).map(({ value }) => foldNumber(value))) ?? [undefined],
    ),
  );
}

function writtenBy(telling: Telling): readonly ContentRow[] {
  const { records } = telling.records('authorization') ?? { records: [] };
  return records.flatMap(({ resource }, record) => {
    const written = unlessOdd(() => writtenIn(resource));
    return written ? [{ part: writtenPart, record, shape: JSON.stringify(written) }] : [];
  });
}

function writtenIn(resource: FhirResource | undefined): Written | undefined {
  if (resource?.resourceType !== 'RegulatedAuthorization') return undefined;
  const valuesIn = (given: Parameters<typeof identifiersOf>[0]): readonly string[] =>
    identifiersOf(given).map(({ value }) => value);
  const authorizationNumber = valuesIn(resource.identifier);
  const procedureNumber = valuesIn(resource.case?.identifier);
  const isFolded =
    authorizationNumber.every((value) => foldNumber(value) === value) &&
    procedureNumber.every((value) => foldProcedure(value) === value);
  return isFolded ? undefined : { authorizationNumber, procedureNumber };
}

export function readWritten(shape: string): Written {
  return JSON.parse(shape) as Written;
}

function authorizationOf(telling: Telling): string | undefined {
  const told = telling.records('authorization');
  if (!told?.isWhole) return undefined;
  const numbers = ofType('RegulatedAuthorization', recordsIn(told))
    .filter((each) => isAuthorizing(each) === true)
    .flatMap((each) => identifiersOf(each.identifier).map(({ value }) => foldNumber(value)));
  return numbers.length > 0 ? [...new Set(numbers)].sort().join(' ') : undefined;
}

function compositionOf(telling: Telling): string | undefined {
  const [items, ingredients, routes] = (['item', 'ingredient', 'route'] as const).map((subject) =>
    telling.records(subject),
  );
  if (!items?.isWhole || !ingredients?.isWhole || !routes?.isWhole) return undefined;
  return compositionKey({
    product: telling.product,
    items: ofType('ManufacturedItemDefinition', recordsIn(items)),
    administrables: ofType('AdministrableProductDefinition', recordsIn(routes)),
    ingredients: ofType('Ingredient', recordsIn(ingredients)),
  });
}

function brandOf({ product }: Telling): string | undefined {
  const [brand] = elements(product.name).flatMap((name) => inventedPart(name) ?? []);
  return brand === undefined ? undefined : foldText(brand.trim());
}

function recordsIn(told: ToldRecords | undefined): readonly FhirResource[] {
  return (told?.records ?? []).flatMap(({ resource }) => resource ?? []);
}
