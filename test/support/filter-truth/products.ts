/** Reads from the records of a product all values that filters compare, and decides whether a filter matches. */
import type { CodeableConcept, Coding, Identifier, MedicinalProductDefinition, Reference } from 'fhir/r5.js';
import { isOrganization, organizationNames } from './organizations.js';
import { meetsAuthorizations, mayBeSold } from './authorizations.js';
import { kindOf, lifecycleOf, type Kind, type Lifecycle } from './authorizations.js';
import type { Family } from './family.js';
import {
  basesOf,
  meetsActives,
  meetsIngredients,
  meetsWithout,
  namedOf,
  ownStrengths,
  roleOf,
} from './ingredients.js';
import type { FilterInput, FilterName } from './input.js';
import { carriersIn, meetsPackages, meetsSupply, sizeOf } from './packages.js';
import { textOf } from './quantities.js';
import { every, some, type Told } from './told.js';
import {
  codesIn,
  idIn,
  isAny,
  isConcept,
  localOf,
  plain,
  solid,
  textsIn,
  valuesOf,
  wordsOf,
  type Names,
} from './words.js';

/** The values of a product, which tests use in filters. */
export interface Found {
  readonly id: string;
  readonly names: readonly string[];
  readonly identifiers: readonly Identifier[];
  readonly numbers: readonly string[];
  readonly procedures: readonly string[];
  readonly status: readonly string[];
  readonly domain: readonly string[];
  readonly doseForm: readonly string[];
  readonly route: readonly string[];
  readonly regions: readonly string[];
  readonly atcCodes: readonly string[];
  readonly atcTerms: readonly string[];
  readonly substanceCodes: readonly string[];
  readonly substanceNames: readonly string[];
  readonly baseCodes: readonly string[];
  readonly actives: readonly ActiveFound[];
  /** Strengths in the notation of filters. */
  readonly strengths: readonly string[];
  readonly holderIds: readonly string[];
  readonly holderNames: readonly string[];
  readonly kinds: readonly Kind[];
  readonly permitStatus: readonly string[];
  readonly dates: readonly string[];
  readonly lifecycle: Lifecycle;
  readonly supply: readonly string[];
  readonly pediatric: readonly string[];
  readonly classes: readonly string[];
  readonly sizes: readonly number[];
  readonly markets: readonly string[];
  readonly makers: readonly string[];
  readonly indications: readonly string[];
  readonly carriers: readonly string[];
  readonly updated: number | undefined;
}

/** An active substance with the names of itself and its bases, and one of its own strengths. */
export interface ActiveFound {
  readonly names: readonly string[];
  readonly strength: string | undefined;
}

export function foundOf(family: Family, codesByTerm: ReadonlyMap<string, string>, names: Names): Found {
  const { product, packs, administrables, ingredients } = family;
  const permits = [...family.own, ...family.ofPacks];
  const sold = permits.filter((each) => mayBeSold(each) === true);
  const own = (product.route ?? []).flatMap(codesIn);
  const classes = (product.classification ?? []).flatMap(({ coding }) => coding ?? []);
  const terms = classes.filter(({ system }) => system?.endsWith('/lists/100000093533')).map(codeOf);
  const strengths = ingredients.flatMap(({ substance }) => substance.strength ?? []);
  return {
    id: product.id ?? '',
    names: product.name.map(({ productName }) => productName),
    identifiers: product.identifier ?? [],
    numbers: permits.flatMap(({ identifier }) => valuesOf(identifier)),
    procedures: permits.flatMap((each) => valuesOf(each.case?.identifier && [each.case.identifier])),
    status: codesIn(product.status),
    domain: codesIn(product.domain),
    doseForm: doseFormsOf(product),
    route:
      (product.route ?? []).length > 0
        ? own
        : administrables.flatMap(({ routeOfAdministration }) =>
            routeOfAdministration.flatMap(({ code }) => codesIn(code)),
          ),
    regions: permits.flatMap(({ region }) => (region ?? []).flatMap(codesIn)),
    atcCodes: [
      ...classes.filter(({ system }) => /whocc\.no\/atc/i.test(system ?? '')).map(codeOf),
      ...terms.flatMap((term) => codesByTerm.get(term) ?? []),
    ],
    atcTerms: terms,
    substanceCodes: ingredients.flatMap(({ substance }) => codesIn(substance.code.concept)),
    substanceNames: ingredients.flatMap(({ substance: { code } }) => [
      ...textsIn(code.concept),
      ...(code.reference?.display === undefined ? [] : [code.reference.display]),
    ]),
    baseCodes: ingredients.flatMap((each) =>
      basesOf(each).flatMap(({ substance }) => codesIn(substance?.concept)),
    ),
    actives: ingredients
      .filter((each) => roleOf(each) === 'ACTIVE')
      .map((each) => ({
        names: [each.substance.code, ...basesOf(each).flatMap(({ substance }) => substance ?? [])].flatMap(
          (substance) => namedOf(substance, names).slice(0, 1),
        ),
        strength: ownStrengths(each.substance.strength ?? []).told.flatMap((ratio) => textOf(ratio) ?? [])[0],
      }))
      .filter((each) => each.names.length > 0),
    strengths: strengths.flatMap(({ presentationRatio, concentrationRatio, referenceStrength = [] }) =>
      [presentationRatio, concentrationRatio, ...referenceStrength.map(({ strengthRatio }) => strengthRatio)]
        .flatMap((ratio) => ratio ?? [])
        .flatMap((ratio) => textOf(ratio) ?? []),
    ),
    holderIds: sold.flatMap(({ holder }) => idIn(holder) ?? []),
    holderNames: sold.flatMap((each) => (each.holder ? organizationNames(each.holder, family) : [])),
    kinds: permits.flatMap((each) => kindOf(each) ?? []),
    permitStatus: permits.flatMap(({ status }) => codesIn(status)),
    dates: permits.flatMap(({ validityPeriod }) => validityPeriod?.start ?? []),
    lifecycle: lifecycleOf(family),
    supply: [
      product.legalStatusOfSupply,
      ...packs.flatMap((pack) => (pack.legalStatusOfSupply ?? []).map(({ code }) => code)),
    ].flatMap(codesIn),
    pediatric: wordOrCodes(product.pediatricUseIndicator),
    classes: (product.classification ?? []).flatMap((each) => [...codesIn(each), ...textsIn(each)]),
    sizes: packs.flatMap((pack) => sizeOf(pack) ?? []),
    markets: [product, ...packs].flatMap(({ marketingStatus = [] }) =>
      marketingStatus.flatMap(({ country }) => codesIn(country)),
    ),
    makers: makersOf(family).flatMap((each) => [idIn(each) ?? [], ...organizationNames(each, family)].flat()),
    indications: indicationsIn(family).flatMap((each) => textsIn(each)),
    carriers: packs.flatMap(({ packaging }) => carriersIn(packaging)),
    updated: product.meta?.lastUpdated === undefined ? undefined : Date.parse(product.meta.lastUpdated),
  };
}

/** A product to compare with filters. */
export interface Candidate {
  readonly family: Family;
  readonly found: Found;
  readonly names: Names;
}

export function answerTo({ family, found, names }: Candidate, filter: FilterInput): Told {
  const simple = (Object.keys(parts) as (keyof typeof parts)[])
    .filter((part) => filter[part] !== undefined)
    .map((part) => parts[part](found, filter, family, names));
  return every([
    ...simple,
    meetsAuthorizations(family, filter, names),
    meetsPackages(family, filter),
    meetsSupply(family, filter, names),
    meetsIngredients(family, filter, names),
    meetsActives(family, filter, names),
    meetsWithout(family, filter, names),
  ]);
}

type Grouped =
  | 'country'
  | 'lifecycle'
  | 'authorizationStatus'
  | 'statusSince'
  | 'authorizationKind'
  | 'authorizedSince'
  | 'authorizedBefore'
  | 'holder'
  | 'authorizationNumber'
  | 'procedureNumber'
  | 'packSize'
  | 'marketed'
  | 'dataCarrier'
  | 'legalStatusOfSupply'
  | 'substance'
  | 'substanceRole'
  | 'strength'
  | 'actives'
  | 'withoutSubstance';

type Part = (found: Found, filter: FilterInput, family: Family, names: Names) => Told;

/** Filter parts that concern the product itself, or several types of records. */
const parts: Readonly<Record<Exclude<FilterName, Grouped>, Part>> = {
  ids: ({ id }, { ids = [] }) => ids.map(localOf).includes(id),
  name: ({ names }, { name = '' }) => names.some((each) => plain(each).includes(plain(name))),
  nameStartsWith: ({ names }, { nameStartsWith = '' }) =>
    names.some((each) => plain(each).startsWith(plain(nameStartsWith))),
  nameEquals: ({ names }, { nameEquals = '' }) => names.some((each) => plain(each) === plain(nameEquals)),
  identifier: (found, { identifier = '' }) => isIdentified(found, identifier),
  status: (_, filter, { product }, names) =>
    product.status ? isConcept(product.status, filter.status ?? [], names) : false,
  domain: (_, filter, { product }, names) =>
    product.domain ? isConcept(product.domain, filter.domain ?? [], names) : false,
  doseForm: ({ doseForm }, filter, { product }, names) => {
    const concept = product.combinedPharmaceuticalDoseForm;
    if (concept && codesIn(concept).length === 0 && doseForm.length === 0)
      return isConcept(concept, filter.doseForm ?? [], names);
    return isAny(doseForm, filter.doseForm ?? []);
  },
  route: (_, filter, { product, administrables }, names) => {
    const own = product.route ?? [];
    const given = administrables.flatMap((each) => each.routeOfAdministration.map(({ code }) => code));
    return some((own.length > 0 ? own : given).map((each) => isConcept(each, filter.route ?? [], names)));
  },
  atc: ({ atcCodes, atcTerms }, { atc = [] }) =>
    atc.some(
      (each) => atcTerms.includes(each) || atcCodes.some((code) => code.startsWith(each.toUpperCase())),
    ),
  updatedSince: ({ updated }, { updatedSince = '' }) =>
    updated !== undefined && updated >= Date.parse(updatedSince),
  additionalMonitoring: (_, { additionalMonitoring }, { product }) => {
    const indicator = product.additionalMonitoringIndicator;
    if (!indicator) return additionalMonitoring ? false : undefined;
    const [, not] = /^(NOT )?SUBJECT TO ADDITIONAL MONITORING$/.exec(
      textsIn(indicator).map(plain)[0] ?? '',
    ) ?? [undefined, null];
    return not === null ? undefined : (not === undefined) === additionalMonitoring;
  },
  pediatricUse: (_, { pediatricUse = [] }, { product }, names) =>
    product.pediatricUseIndicator ? isConcept(product.pediatricUseIndicator, pediatricUse, names) : false,
  classification: (_, { classification = [] }, { product }, names) =>
    some((product.classification ?? []).map((each) => isConcept(each, classification, names))),
  manufacturer: (_, { manufacturer = [] }, family) =>
    some(makersOf(family).map((each) => isOrganization(each, manufacturer, family))),
  indication: (_, { indication = [] }, family) =>
    some(
      indicationsIn(family).flatMap((concept) =>
        indication.map((asked) => {
          if (codesIn(concept).includes(asked)) return true;
          const texts = textsIn(concept).map((text) => ` ${wordsOf(text).join(' ')} `);
          const wanted = ` ${wordsOf(asked).join(' ')} `;
          if (texts.some((text) => text.includes(wanted))) return true;
          return texts.length === 0 && codesIn(concept).length === 0 ? undefined : false;
        }),
      ),
    ),
};

function isIdentified({ id, identifiers }: Found, identifier: string): boolean {
  const bar = /^(https?:|urn:)/i.test(identifier) ? identifier.indexOf('|') : -1;
  const system = identifier.slice(0, Math.max(bar, 0));
  const value = solid(identifier.slice(bar + 1));
  const schemeless = (uri: string): string => uri.toLowerCase().replace(/^https?:/, '');
  return (
    solid(id) === value ||
    identifiers.some(
      (each) =>
        solid(each.value ?? '') === value &&
        (bar < 0 || schemeless(each.system ?? '') === schemeless(system)),
    )
  );
}

/** Returns the manufacturers of the product, its packages and its items. */
function makersOf({ product, packs, items }: Family): readonly Reference[] {
  return [
    ...(product.operation ?? []).flatMap(({ organization = [] }) => organization),
    ...packs.flatMap(({ manufacturer = [] }) => manufacturer),
    ...items.flatMap(({ manufacturer = [] }) => manufacturer),
  ];
}

function indicationsIn({ uses }: Family) {
  return uses
    .filter(({ type }) => type === 'indication')
    .flatMap(({ indication }) => indication?.diseaseSymptomProcedure?.concept ?? []);
}

/** Returns the codes of a concept; if it has none, its texts. */
function wordOrCodes(concept: CodeableConcept | undefined): readonly string[] {
  const codes = codesIn(concept);
  return codes.length > 0 ? codes : textsIn(concept);
}

function codeOf({ code = '' }: Coding): string {
  return code;
}

function doseFormsOf({ combinedPharmaceuticalDoseForm, extension }: MedicinalProductDefinition): string[] {
  const combined = codesIn(combinedPharmaceuticalDoseForm);
  if (combined.length > 0) return [...combined];
  return (extension ?? [])
    .filter(({ url }) => url.endsWith('/authorisedDoseForm'))
    .flatMap(({ valueCoding }) => valueCoding?.code ?? []);
}

/** Returns the ATC code for each of EMA's ATC terms, as paired in the data. */
export function atcPairs(products: readonly MedicinalProductDefinition[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const { coding = [] } of products.flatMap(({ classification }) => classification ?? [])) {
    const term = coding.find(({ system }) => system?.endsWith('/lists/100000093533'));
    const code = coding.find(({ system }) => /whocc\.no\/atc/i.test(system ?? ''));
    if (term && code) pairs.set(codeOf(term), codeOf(code));
  }
  return pairs;
}
