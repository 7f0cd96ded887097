/**
 * Random facts for random records: stated, missing, partial, contradictory, or from unknown lists. Their random numbers are
 * independent of those of the records.
 */
import type {
  AdministrableProductDefinition,
  ClinicalUseDefinition,
  CodeableConcept,
  Identifier,
  Ingredient,
  IngredientSubstanceStrength,
  ManufacturedItemDefinition,
  MarketingStatus,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  Period,
  Quantity,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';
import { randomOf } from './random-operation.js';

/** Added to the seed, so that facts do not change the random records. */
const STREAM = 0xfac75;

/** Picks one value. A value that occurs twice is twice as likely. */
type Pick = <T>(from: readonly T[]) => T;

const term = (list: string, code: string, display?: string): CodeableConcept => ({
  coding: [
    {
      system: `http://spor.ema.europa.eu/v1/lists/${list}`,
      code,
      ...(display === undefined ? {} : { display }),
    },
  ],
});

/** Returns terms of a list that have only a code. */
const terms = (list: string, ...codes: readonly string[]): readonly CodeableConcept[] =>
  codes.map((code) => term(list, code));

/** Concepts of no known list. */
const odd: readonly (CodeableConcept | undefined)[] = [
  undefined,
  {},
  { text: 'As agreed' },
  { coding: [{ system: 'https://lists.example/other', code: '1', display: 'Of another list' }] },
];

const country = (code: string): CodeableConcept => term('100000000002', code);
const countries: readonly (CodeableConcept | undefined)[] = [
  country('100000000535'),
  country('100000000535'),
  country('100000000403'),
  country('100000000396'),
  country('100000000390'),
  country('100000000556'),
  // Two countries in one concept, and a code with the name of another country.
  { coding: ['100000000535', '100000000403'].flatMap((code) => country(code).coding ?? []) },
  term('100000000002', '100000000535', 'Federal Republic of Germany'),
  { text: 'Kingdom of Sweden' },
  ...odd,
];

const statuses: readonly (CodeableConcept | undefined)[] = [
  ...terms('100000072049', '100000072099', '100000072099', '200000017708', '200000017707', '100000072122'),
  ...terms('100000072049', '100000072121', '100000072113', '100000072114', '100000072100', '100000072112'),
  ...terms('100000072049', '100000072123', '200000010409', '220000000066', '220000000067', '200000026056'),
  ...odd,
];

const recordStatuses: readonly (CodeableConcept | undefined)[] = [
  ...terms('200000005003', '200000005004', '200000005004', '200000005004', '200000005005'),
  ...terms('200000005003', '200000005006', '200000005007'),
  ...odd,
];

const parallelTrade = term('220000000060', '220000000063');

const marketing: readonly CodeableConcept[] = [
  ...terms('100000072052', '100000072083', '100000072083', '100000072074', '100000072075', '200000026055'),
  ...terms('100000072052', '230000000000'),
  { text: 'On request' },
];

const supplies: readonly (CodeableConcept | undefined)[] = [
  term('100000072051', '100000072084'),
  term('100000072051', '100000072076'),
  ...odd,
];

const roles: readonly CodeableConcept[] = [{ text: 'Something in it' }, { coding: [{ code: '9' }] }];

const dates = [
  '2004',
  '2018-06',
  '2019-02-28',
  '2025-12-31T10:00:00Z',
  '2031-01-01',
  'soon',
  undefined,
] as const;

const milligram = { system: 'http://spor.ema.europa.eu/v1/lists/100000110633', code: '100000110655' };
const microgram = { system: 'http://spor.ema.europa.eu/v1/lists/100000110633', code: '100000110656' };
const millilitre = { system: 'http://spor.ema.europa.eu/v1/lists/100000110633', code: '100000110662' };
const units = { system: 'http://spor.ema.europa.eu/v1/lists/100000110633', code: '100000110671' };
const tablet = { system: 'http://spor.ema.europa.eu/v1/lists/200000000014', code: '200000002152' };
const inUcum = { system: 'http://unitsofmeasure.org', code: 'mg' };

const amounts: readonly Quantity[] = [
  { value: 5, ...milligram },
  { value: 5000, ...microgram },
  { value: 0.005, ...inUcum, code: 'g' },
  { value: 6.94, ...milligram },
  { value: 10, ...inUcum },
  { value: 5, ...units },
  { value: 5, unit: 'spoonfuls' },
  { value: 5, comparator: '<', ...milligram },
  { ...milligram },
  { value: 0, ...milligram },
];
const wholes: readonly (Quantity | undefined)[] = [
  { value: 1, ...tablet },
  { value: 1, ...tablet },
  { value: 1, ...millilitre },
  { value: 5, ...millilitre },
  { value: 0, ...millilitre },
  undefined,
];

const substance = (code: string, display: string): CodeableConcept => ({
  coding: [{ system: 'http://spor.ema.europa.eu/v2/SubstanceDefinition', code, display }],
});
const substances: readonly CodeableConcept[] = [
  substance('100000085259', 'Amlodipine'),
  substance('100000090079', 'Amlodipine besilate'),
  substance('100000088000', 'Valsartan'),
  substance('100000091737', 'Hydrochlorothiazide'),
  substance('100000093305', 'Lactose monohydrate'),
  { coding: [{ code: '100000093305' }] },
  { text: 'Lactose, anhydrous' },
  // The code of one substance with the name of another.
  substance('100000085259', 'Valsartan'),
  {},
];

export interface FactOptions {
  /**
   * Whether roles and kinds may be from unknown lists. Then lists filtered by role or kind are incomplete on any upstream.
   * @default false
   */
  readonly untold?: boolean;
}

/** Adds facts to the records. The seed determines the facts. */
export function withRandomFacts(
  seed: number,
  resources: readonly Resource[],
  { untold = false }: FactOptions = {},
): readonly Resource[] {
  const random = randomOf(seed + STREAM);
  const pick: Pick = (from) => from[Math.floor(random() * from.length)] as (typeof from)[number];
  return resources.map((resource) => defined({ ...resource, ...factsOf(resource, pick, untold) }));
}

function factsOf(resource: Resource, pick: Pick, untold: boolean): Partial<Resource> {
  switch (resource.resourceType) {
    case 'MedicinalProductDefinition':
      return productFacts(pick);
    case 'RegulatedAuthorization':
      return authorizationFacts(resource as RegulatedAuthorization, pick, untold);
    case 'PackagedProductDefinition':
      return packageFacts(resource as PackagedProductDefinition, pick);
    case 'Ingredient':
      return ingredientFacts(resource as Ingredient, pick, untold);
    case 'ManufacturedItemDefinition':
      return itemFacts(pick);
    case 'AdministrableProductDefinition':
      return administrableFacts(resource as AdministrableProductDefinition, pick);
    case 'ClinicalUseDefinition':
      return useFacts(pick);
    default:
      return {};
  }
}

function productFacts(pick: Pick): Partial<MedicinalProductDefinition> {
  return {
    status: pick(recordStatuses),
    domain: pick([term('100000000004', '100000000012'), term('100000000004', '100000000013'), ...odd]),
    combinedPharmaceuticalDoseForm: pick([
      term('200000000004', '100000073665'),
      term('200000000004', '100000073664'),
      ...odd,
    ]),
    legalStatusOfSupply: pick(supplies),
    additionalMonitoringIndicator: pick([
      { text: 'Subject to additional monitoring' },
      { text: 'Not subject to additional monitoring' },
      ...odd,
    ]),
    pediatricUseIndicator: pick([{ text: 'Authorised for the treatment of children' }, ...odd]),
    classification: pick([
      undefined,
      [],
      [{ coding: [{ system: 'http://www.whocc.no/atc', code: 'C08CA01' }] }],
      // Two ATC codes.
      ['C08CA01', 'C09DA03'].map((code) => ({ coding: [{ system: 'http://www.whocc.no/atc', code }] })),
    ]),
    ingredient: pick([undefined, undefined, undefined, [{ text: 'Lactose' }], [{}]]),
    marketingStatus: marketingOf(pick),
  };
}

function authorizationFacts(
  { id = '', type, identifier }: RegulatedAuthorization,
  pick: Pick,
  untold: boolean,
): Partial<RegulatedAuthorization> {
  const region = pick(countries);
  return {
    type: pick([type, type, type, type, type, parallelTrade, untold ? pick(odd) : type]),
    // A number of the EU register shows the kind and the region, whatever the record states.
    identifier: pick([identifier, [{ value: `59${id}` }], [{ value: `EU/3/${id}` }], undefined]),
    region: pick([region && [region], region && [region], [region ?? {}, country('100000000403')], []]),
    status: pick(statuses),
    statusDate: pick(dates),
    validityPeriod: pick([undefined, {}, periodOf(pick), periodOf(pick)]),
    case: pick([undefined, { dateDateTime: pick(dates) }, { datePeriod: periodOf(pick) }, {}]),
  };
}

/** Returns a period. Its end may be before its start. */
function periodOf(pick: Pick): Period {
  return defined({ start: pick(dates), end: pick([undefined, undefined, pick(dates)]) });
}

function packageFacts(
  { id = '', packaging }: PackagedProductDefinition,
  pick: Pick,
): Partial<PackagedProductDefinition> {
  const identifier = pick<Identifier[] | undefined>([
    undefined,
    // One bar code in two lengths, and texts that are not bar codes.
    [{ value: '09520000710002' }],
    [{ value: '9520000710002' }],
    [{ value: `0952${id.padStart(10, '0')}` }],
    [{ value: '' }],
  ]);
  return {
    containedItemQuantity: pick([
      undefined,
      [],
      [{ value: 28, ...tablet }],
      [{ value: 30, ...tablet }],
      [{ value: 0, ...tablet }],
      [
        { value: 28, ...tablet },
        { value: 1, ...millilitre },
      ],
      [{ value: 100, ...millilitre }],
      [{ ...tablet }],
    ]),
    marketingStatus: marketingOf(pick),
    legalStatusOfSupply: pick([undefined, [{ code: pick(supplies) }], [{ jurisdiction: pick(countries) }]]),
    packaging: packaging && defined({ ...packaging, identifier }),
  };
}

function marketingOf(pick: Pick): MarketingStatus[] | undefined {
  return pick([
    undefined,
    [],
    [marketingLine(pick)],
    // Several marketing statuses, possibly for one country.
    [marketingLine(pick), marketingLine(pick)],
  ]);
}

function marketingLine(pick: Pick): MarketingStatus {
  return {
    country: pick(countries),
    status: pick(marketing),
    dateRange: pick([undefined, periodOf(pick)]),
    restoreDate: pick([undefined, pick(dates)]),
  };
}

function ingredientFacts(
  { role, substance: { code: own } }: Ingredient,
  pick: Pick,
  untold: boolean,
): Partial<Ingredient> {
  const strength = strengthOf(pick);
  const code = pick([own, own, { concept: pick(substances) }]);
  return {
    role: pick([role, role, role, role, role, role, untold ? pick(roles) : role]),
    substance: { code, ...(strength === undefined ? {} : { strength: [strength] }) },
  };
}

function strengthOf(pick: Pick): IngredientSubstanceStrength | undefined {
  const ratio = (): object => ({ numerator: pick(amounts), denominator: pick(wholes) });
  const reference = { substance: { concept: pick(substances) }, strengthRatio: ratio() };
  return pick([
    undefined,
    {},
    { textPresentation: '5 mg' },
    { presentationRatio: ratio() },
    { presentationRatio: ratio(), referenceStrength: [reference] },
    // Two bases.
    {
      presentationRatio: ratio(),
      referenceStrength: [reference, { ...reference, substance: { concept: {} } }],
    },
    { presentationRatio: ratio(), concentrationRatio: ratio() },
    { presentationQuantity: pick(amounts) },
    {
      presentationRatioRange: {
        lowNumerator: pick(amounts),
        highNumerator: pick(amounts),
        denominator: pick(wholes),
      },
    },
  ]);
}

function itemFacts(pick: Pick): Partial<ManufacturedItemDefinition> {
  const colour = { type: { text: 'Colour' }, valueCodeableConcept: { text: pick(['White', 'Pink']) } };
  return {
    manufacturedDoseForm: pick([
      term('200000000004', '100000073665'),
      term('200000000004', '100000073664'),
      {},
    ]),
    unitOfPresentation: pick([term('200000000014', tablet.code), ...odd]),
    property: pick([undefined, [], [colour], [colour, { type: { text: 'Score line' }, valueBoolean: true }]]),
  };
}

function administrableFacts(
  { routeOfAdministration }: AdministrableProductDefinition,
  pick: Pick,
): Partial<AdministrableProductDefinition> {
  return {
    routeOfAdministration: routeOfAdministration.map((route) =>
      defined({
        ...route,
        code: pick([route.code, term('100000073345', '100000073619'), {}]),
        maxSingleDose: pick([undefined, pick(amounts)]),
        maxDosePerDay: pick([undefined, pick(amounts)]),
      }),
    ),
  };
}

function useFacts(pick: Pick): Partial<ClinicalUseDefinition> {
  const disease = pick([
    { text: 'Essential hypertension' },
    { coding: [{ system: 'https://www.meddra.org', code: '10020772', display: 'Hypertension' }] },
    {},
  ]);
  return { indication: pick([undefined, { diseaseSymptomProcedure: { concept: disease } }]) };
}

/** Removes members that are undefined, which JSON cannot have. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
