/** Compares a term of a lookup with the names and numbers of a record. */
import type {
  Identifier,
  MedicinalProductDefinition,
  PackagedProductDefinitionPackaging,
  RegulatedAuthorizationCase,
  SubstanceDefinition,
} from 'fhir/r5.js';
import { elements, unlessOdd } from '../../fhir/elements.js';
import type { FhirResource } from '../../fhir/resources.js';
import { isAtcGroup, isAtcSubstance } from '../../terms/atc.js';
import { barcodesOf, foldBarcode, gtinOf } from '../../terms/barcodes.js';
import { atcCodeOf } from '../../terms/ema-terms.js';
import { identifierSystems } from '../../terms/ema-codes.js';
import { foldNumber, foldProcedure } from '../../terms/numbers.js';
import type { MatchedBy, TermWay } from '../question/term.js';
import { atcOf, namesOf } from '../../facts/of-product.js';
import { foldSubstance, substancesIn, type NamedSubstance } from '../../facts/substances/substances.js';
import { keyOf, type Key } from '../graph/key.js';
import { barcodeIn, isNameLike, isNumberLike, isSubstanceCode, isSubstanceName, waysOf } from './kinds.js';
import { isShared, recordKeyOf } from './records.js';
import { nameTiers, tierOf, nameQuery, type NameTier, type NameQuery } from './words.js';

/** A name or number of a record that a term matches. */
export interface Naming {
  readonly by: MatchedBy;
  readonly value: string;
  readonly tier: Tier;
  /** Whether the match is by a number, or by the record's first name. */
  readonly isMain: boolean;
  /** The kinds of search that may find other records with the same name or number. */
  readonly others: readonly TermWay[];
}

/**
 * The rank of a match. Complete names and numbers rank first. The complete name of a substance ranks equal to the
 * first words of a product's name.
 */
export type Tier = NameTier;

/** A term of a lookup, prepared for the comparison with records. */
export interface Term {
  readonly text: string;
  /** The key of the record that has this term as its id. */
  readonly key: Key | undefined;
  readonly number: string;
  readonly procedure: string;
  readonly barcode: string | undefined;
  /** The term as a name; undefined if it cannot be a name. */
  readonly name: NameQuery | undefined;
  /** The term as a substance name in folded spelling; undefined if it cannot be one. */
  readonly substance: string | undefined;
  readonly isSubstanceCode: boolean;
  /** The known codes of the substance that has this term as its name. */
  readonly codes: ReadonlySet<string>;
  /** Whether the term is more likely a number than a name. A name may also contain the number. */
  readonly isNumber: boolean;
}

export function termOf(text: string, codes: readonly string[] = []): Term {
  return {
    text,
    key: recordKeyOf(text),
    number: foldReference(text),
    procedure: foldProcedure(text),
    barcode: barcodeIn(text),
    name: isNameLike(text) ? nameQuery(text) : undefined,
    substance: isSubstanceName(text) ? foldSubstance(text) : undefined,
    isSubstanceCode: isSubstanceCode(text),
    codes: new Set(codes.map(foldNumber)),
    isNumber: isNumberLike(text) && !/\p{L}{3}/u.test(text),
  };
}

/**
 * Returns the names and numbers of a record that a term matches, the best match first. Malformed elements match
 * nothing.
 */
export function namingsIn(resource: FhirResource, term: Term): readonly Naming[] {
  const { numbers, names, substances } = borneBy(resource);
  return [
    ...idOf(resource, term),
    ...numbers.flatMap((number): readonly Naming[] => {
      const { by, value, others } = number;
      if (!isNumber(number, term)) return [];
      const tier = isOfPart(number) ? nameTiers.part : nameTiers.whole;
      return [{ by, value, tier, isMain: true, others: others ?? waysOf(term.text) }];
    }),
    ...bestSubstance(substances, term),
    ...bestName(names, term),
  ];
}

/**
 * The kind of match if the term is the record's own id. Products and packages have separate kinds; all other types
 * count as `IDENTIFIER`.
 */
const byId: Readonly<Partial<Record<FhirResource['resourceType'], MatchedBy>>> = {
  MedicinalProductDefinition: 'PMS_ID',
  PackagedProductDefinition: 'PCID',
};

function idOf(resource: FhirResource, { key }: Term): readonly Naming[] {
  if (key === undefined || keyOf(resource) !== key) return [];
  const by = byId[resource.resourceType];
  const value = by === 'PMS_ID' ? resource.id : key;
  const others: Naming['others'] = isShared(key) ? ['part'] : [];
  return [{ by: by ?? 'IDENTIFIER', value, tier: nameTiers.whole, isMain: true, others }];
}

function isNumber({ by, folded }: Borne['numbers'][number], term: Term): boolean {
  if (by === 'PROCEDURE_NUMBER') return folded === term.procedure;
  if (by === 'DATA_CARRIER') return folded === (term.barcode ?? term.number);
  return folded === term.number;
}

/** Whether the number belongs to a record of the product and cannot be found by any search. */
function isOfPart({ by, others }: Borne['numbers'][number]): boolean {
  return by === 'IDENTIFIER' && others?.every((way) => way === 'part') === true;
}

function bestName(names: Borne['names'], term: Term): readonly Naming[] {
  const wanted = term.name;
  if (wanted === undefined) return [];
  return names
    .flatMap(({ value, ...name }, index): readonly Naming[] => {
      const tier = tierOf(name, wanted);
      if (!tier) return [];
      const by =
        tier === nameTiers.whole ? 'NAME' : tier === nameTiers.beginning ? 'NAME_START' : 'NAME_WORD';
      return [{ by, value, tier, isMain: by === 'NAME' && index === 0, others: othersOf(tier, term) }];
    })
    .sort((a, b) => a.tier - b.tier)
    .slice(0, 1);
}

/**
 * Returns the kinds of search that can find further matches. If whole words match the name of a product, no search by
 * substance is done for a word without known substance codes.
 */
function othersOf(
  tier: Tier,
  { text, isNumber: isNumberRather, substance, codes }: Term,
): readonly TermWay[] {
  if (tier === nameTiers.whole) return ['name'];
  // A number in the name of one record may also be the number of another record.
  if (isNumberRather) return waysOf(text);
  const isSought = substance !== undefined && (tier === nameTiers.beginning || codes.size > 0);
  return isSought ? ['name', 'substance'] : ['name'];
}

function bestSubstance(substances: Borne['substances'], term: Term): readonly Naming[] {
  const made = (value: string, tier: Tier): Naming => ({
    by: 'SUBSTANCE',
    value,
    tier,
    isMain: true,
    others:
      tier !== nameTiers.whole ? ['name', 'substance'] : term.isSubstanceCode ? waysOf(term.text) : ['part'],
  });
  const code = substances.flatMap(({ codes }) => codes).find(({ folded: each }) => each === term.number);
  if (code) return [made(code.value, nameTiers.whole)];
  if (term.substance === undefined) return [];
  for (const { codes, names } of substances) {
    const name = names.find(({ folded: each }) => each === term.substance);
    const isIt = name !== undefined || codes.some(({ folded: each }) => term.codes.has(each));
    if (isIt) return [made((name ?? names[0] ?? codes[0])?.value ?? term.text, nameTiers.first)];
  }
  return [];
}

/**
 * Returns the kinds of search whose result is undecided for a record, because its names or numbers are malformed. The
 * record might match any term of these kinds.
 */
export function untoldWaysOf(resource: FhirResource): readonly TermWay[] {
  return borneBy(resource).untold;
}

/**
 * Returns the words and numbers of a term, in folded spelling. They are used to find the records that the term may
 * mean.
 */
export function foldingsOf({ key, number, procedure, barcode, substance, codes }: Term): readonly string[] {
  return [...new Set([key, number, procedure, barcode, substance, ...codes].flatMap((each) => each ?? []))];
}

/** Returns all words and numbers of a record in folded spelling, as far as they can be read. */
export function foldingsIn(resource: FhirResource): readonly string[] {
  const { numbers: borne, substances } = borneBy(resource);
  const told = substances.flatMap(({ codes, names }) => [...codes, ...names]);
  return [...new Set([...borne, ...told].map(({ folded: each }) => each))];
}

/**
 * Returns the substance codes of a record whose substance has the term as its name; empty if the codes cannot be
 * read.
 */
export function codesIn(resource: FhirResource, { substance }: Term): readonly string[] {
  if (substance === undefined) return [];
  return borneBy(resource)
    .substances.filter(({ names }) => names.some(({ folded: each }) => each === substance))
    .flatMap(({ codes }) => codes.map(({ value }) => value));
}

type ToldSubstance = Pick<NamedSubstance, 'codes' | 'names'>;

function toldIn(resource: FhirResource): readonly ToldSubstance[] {
  if (resource.resourceType === 'Ingredient') {
    const { own, bases } = substancesIn(resource);
    return [own, ...bases];
  }
  return resource.resourceType === 'SubstanceDefinition' ? [definedBy(resource)] : [];
}

function definedBy({ code, identifier, name }: SubstanceDefinition): ToldSubstance {
  const codings = elements(code).flatMap((each) => elements(each.code?.coding));
  return {
    codes: texts([...codings.map((each) => each.code), ...elements(identifier).map(({ value }) => value)]),
    names: texts([...elements(name).map((each) => each.name), ...codings.map(({ display }) => display)]),
  };
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.filter((value): value is string => typeof value === 'string' && /\S/.test(value));
}

/** The names and numbers that a record states. */
interface Borne {
  readonly numbers: readonly {
    readonly by: MatchedBy;
    readonly value: string;
    readonly folded: string;
    /** Undefined if further matches are searched by all kinds of search that may find the term. */
    readonly others: Naming['others'] | undefined;
  }[];
  readonly names: readonly (NameQuery & { readonly value: string })[];
  readonly substances: readonly {
    readonly codes: readonly Folded[];
    readonly names: readonly Folded[];
  }[];
  /** The kinds of search for those names or numbers of the record that cannot be read. */
  readonly untold: readonly TermWay[];
}

interface Folded {
  readonly value: string;
  readonly folded: string;
}

/** The folded names and numbers of each record. They are cached, because many terms are compared with each record. */
const foldedBefore = new WeakMap<FhirResource, Borne>();

function borneBy(resource: FhirResource): Borne {
  const before = foldedBefore.get(resource);
  if (before) return before;
  const untold: TermWay[] = [];
  const read = <Item>(ways: readonly TermWay[], from: () => readonly Item[]): readonly Item[] => {
    const found = unlessOdd(from);
    if (!found) untold.push(...ways);
    return found ?? [];
  };
  const borne: Borne = {
    numbers: read(waysToNumbers[resource.resourceType] ?? [], () => numbersOf(resource)),
    names: read(['name'], () =>
      namesOf(resource).flatMap((value) => {
        const name = nameQuery(value);
        return name ? [{ value, ...name }] : [];
      }),
    ),
    // No search finds a substance by a code outside EMA's code system.
    substances: read(['substance', 'part'], () =>
      toldIn(resource).map(({ codes, names }) => ({
        codes: codes.map((value) => ({ value, folded: foldNumber(value) })),
        names: names.map((value) => ({ value, folded: foldSubstance(value) })),
      })),
    ),
    untold,
  };
  foldedBefore.set(resource, borne);
  return borne;
}

/** The kinds of search that find the numbers of a record, by resource type. The id of a record can always be read. */
const waysToNumbers: Readonly<Partial<Record<FhirResource['resourceType'], readonly TermWay[]>>> = {
  MedicinalProductDefinition: ['identifier', 'atc', 'part'],
  PackagedProductDefinition: ['package', 'carrier', 'part'],
  RegulatedAuthorization: ['authorization', 'procedure', 'part'],
  AdministrableProductDefinition: ['part'],
  Organization: ['part'],
};

function numbersOf(resource: FhirResource): Borne['numbers'] {
  switch (resource.resourceType) {
    case 'MedicinalProductDefinition':
      return [
        ...numbers([{ value: resource.id }], 'PMS_ID', () => []),
        ...elements(resource.identifier).flatMap((identifier) => {
          const by = kindOf(identifier.system);
          return numbers([identifier], by, () => (by === 'IDENTIFIER' ? undefined : ['identifier']));
        }),
        ...classes(resource.classification),
      ];
    case 'PackagedProductDefinition':
      return [
        ...carriers(barcodesOf(resource), ['carrier']),
        ...numbers(resource.identifier, 'PCID', ({ system }) =>
          isOf(identifierSystems.pcId, system) ? [] : ['package'],
        ),
        // The ids of items are compared through the package's references, because some of these items do not exist or
        // are not served by the upstream.
        ...numbers(itemsReferredTo(resource.packaging), 'IDENTIFIER', () => ['part'], foldReference),
        // Some packages state a bar code as an identifier.
        ...carriers(
          elements(resource.identifier).flatMap(({ value }) =>
            typeof value === 'string' && gtinOf(value) !== undefined ? [value] : [],
          ),
          ['package', 'carrier'],
        ),
      ];
    case 'RegulatedAuthorization': {
      const [first, ...later] = casesIn(resource.case);
      return [
        ...numbers(resource.identifier, 'AUTHORIZATION_NUMBER', () => ['authorization']),
        ...numbers(first, 'PROCEDURE_NUMBER', () => ['procedure'], foldProcedure),
        // Searches find a later procedure only by the number of the authorization's first procedure.
        ...later.flatMap((each) => numbers(each, 'PROCEDURE_NUMBER', () => ['part'], foldProcedure)),
      ];
    }
    case 'AdministrableProductDefinition':
    case 'Organization':
      return numbers(resource.identifier, 'IDENTIFIER', () => ['part']);
    default:
      return [];
  }
}

/** Returns the references to items in a package's packaging, as the record writes them. */
function itemsReferredTo(packaging: PackagedProductDefinitionPackaging | undefined): readonly Numbered[] {
  return elements([packaging]).flatMap((layer) => [
    ...elements(layer.containedItem).map(({ item }) => ({ value: item?.reference?.reference })),
    ...elements(layer.packaging).flatMap(itemsReferredTo),
  ]);
}

function foldReference(reference: string): string {
  return foldNumber(recordKeyOf(reference) ?? reference);
}

/** Returns the identifiers of a procedure, and of all applications in it. */
function casesIn(procedure: RegulatedAuthorizationCase | undefined): readonly (readonly Identifier[])[] {
  return elements([procedure]).flatMap((each) => [
    elements([each.identifier]),
    ...elements(each.application).flatMap(casesIn),
  ]);
}

function carriers(values: readonly string[], others: Naming['others']): Borne['numbers'] {
  return values.map((value) => ({ by: 'DATA_CARRIER', value, folded: foldBarcode(value), others }));
}

type Numbered = Partial<Pick<Identifier, 'system' | 'value'>>;

function numbers(
  identifiers: readonly Numbered[] | undefined,
  by: MatchedBy,
  others: (identifier: Numbered) => Naming['others'] | undefined,
  fold = foldNumber,
): Borne['numbers'] {
  return elements(identifiers).flatMap((identifier) => {
    const { value } = identifier;
    return typeof value === 'string' ? [{ by, value, folded: fold(value), others: others(identifier) }] : [];
  });
}

function kindOf(system: string | undefined): MatchedBy {
  if (isOf(identifierSystems.mpId, system)) return 'MPID';
  if (isOf(identifierSystems.evCode, system)) return 'EV_CODE';
  return isOf(identifierSystems.pmsId, system) ? 'PMS_ID' : 'IDENTIFIER';
}

function isOf(systems: RegExp, system: string | undefined): boolean {
  return systems.test(system ?? '');
}

function classes(classification: MedicinalProductDefinition['classification']): Borne['numbers'] {
  const registered = elements(classification)
    .flatMap(({ coding }) => elements(coding))
    .flatMap(({ code }) => (typeof code === 'string' ? [code] : []));
  return atcOf(classification)
    .filter((code) => !isAtcGroup(code))
    .map((code) => ({
      by: 'ATC',
      value: registered.find((each) => foldNumber(each) === code) ?? code,
      folded: code,
      // No search finds a term of EMA's ATC list if this service does not know its ATC code.
      others: isAtcSubstance(code) || atcCodeOf(code) !== undefined ? ['atc'] : ['part'],
    }));
}
