/**
 * What JSON the elements are that this service reads, by the definitions of FHIR R5: the compiler compares each with
 * FHIR's types. An element that is not in the table is read by nobody.
 */
import type {
  Address,
  CodeableConcept,
  CodeableReference,
  Coding,
  Extension,
  Identifier,
  IngredientSubstanceStrength,
  IngredientSubstanceStrengthReferenceStrength,
  MarketingStatus,
  Meta,
  PackagedProductDefinitionPackaging,
  Period,
  ProductShelfLife,
  Quantity,
  Ratio,
  RatioRange,
  Reference,
  RegulatedAuthorizationCase,
} from 'fhir/r5.js';
import type { ResourceOf, ResourceType } from './resources.js';

/** A text, a number, a truth value; an object by its elements; or a list of one of them. */
export type JsonType = 'string' | 'number' | 'boolean' | JsonObject | readonly [JsonType];

export interface JsonObject {
  readonly [element: string]: JsonType;
}

/** As FHIR's types have it. */
type TypeOf<Value> = Value extends string
  ? 'string'
  : Value extends number
    ? 'number'
    : Value extends boolean
      ? 'boolean'
      : Value extends readonly (infer Each)[]
        ? readonly [TypeOf<Each>]
        : ObjectOf<Value>;

type ObjectOf<Value> = { readonly [Element in keyof Value]?: TypeOf<NonNullable<Value[Element]>> };

const coding: ObjectOf<Coding> = { system: 'string', code: 'string', display: 'string' };
const concept: ObjectOf<CodeableConcept> = { coding: [coding], text: 'string' };
const period: ObjectOf<Period> = { start: 'string', end: 'string' };
const identifier: ObjectOf<Identifier> = { system: 'string', value: 'string' };
const reference: ObjectOf<Reference> = {
  reference: 'string',
  type: 'string',
  identifier,
  display: 'string',
};
const codeable: ObjectOf<CodeableReference> = { concept, reference };
const quantity: ObjectOf<Quantity> = {
  value: 'number',
  comparator: 'string',
  unit: 'string',
  system: 'string',
  code: 'string',
};
const ratio: ObjectOf<Ratio> = { numerator: quantity, denominator: quantity };
const ratioRange: ObjectOf<RatioRange> = {
  lowNumerator: quantity,
  highNumerator: quantity,
  denominator: quantity,
};
const meta: ObjectOf<Meta> = { versionId: 'string', lastUpdated: 'string' };

/** Every element may have them, primitive ones beside themselves (`_display`). */
export const extension: ObjectOf<Extension> = {
  url: 'string',
  valueString: 'string',
  valueMarkdown: 'string',
  valueCode: 'string',
  valueCoding: coding,
  valueCodeableConcept: concept,
  get extension() {
    return [extension] as const;
  },
};

const marketingStatus: ObjectOf<MarketingStatus> = {
  country: concept,
  jurisdiction: concept,
  status: concept,
  dateRange: period,
  restoreDate: 'string',
};
const shelfLife: ObjectOf<ProductShelfLife> = {
  type: concept,
  periodDuration: quantity,
  periodString: 'string',
  specialPrecautionsForStorage: [concept],
};
const packaging: ObjectOf<PackagedProductDefinitionPackaging> = {
  type: concept,
  quantity: 'number',
  material: [concept],
  shelfLifeStorage: [shelfLife],
  identifier: [identifier],
  containedItem: [{ item: codeable, amount: quantity }],
  get packaging() {
    return [packaging] as const;
  },
};
const referenceStrength: ObjectOf<IngredientSubstanceStrengthReferenceStrength> = {
  substance: codeable,
  strengthRatio: ratio,
  strengthRatioRange: ratioRange,
  strengthQuantity: quantity,
};
const strength: ObjectOf<IngredientSubstanceStrength> = {
  presentationRatio: ratio,
  presentationRatioRange: ratioRange,
  presentationCodeableConcept: concept,
  presentationQuantity: quantity,
  textPresentation: 'string',
  concentrationRatio: ratio,
  concentrationRatioRange: ratioRange,
  concentrationCodeableConcept: concept,
  concentrationQuantity: quantity,
  textConcentration: 'string',
  basis: concept,
  referenceStrength: [referenceStrength],
};
const authorizationCase: ObjectOf<RegulatedAuthorizationCase> = {
  identifier,
  type: concept,
  datePeriod: period,
  dateDateTime: 'string',
  get application() {
    return [authorizationCase] as const;
  },
};
const address: ObjectOf<Address> = { country: 'string' };
const disease = {
  diseaseSymptomProcedure: codeable,
  diseaseStatus: codeable,
  comorbidity: [codeable],
} as const;

/** By resource type, beside what all have. */
const resources: { readonly [Type in ResourceType]: ObjectOf<ResourceOf<Type>> } = {
  ActivityDefinition: {
    code: concept,
    effectivePeriod: period,
    participant: [{ typeReference: reference }],
  },
  AdministrableProductDefinition: {
    formOf: [reference],
    administrableDoseForm: concept,
    unitOfPresentation: concept,
    producedFrom: [reference],
    routeOfAdministration: [{ code: concept, targetSpecies: [{ code: concept }] }],
  },
  ClinicalUseDefinition: {
    type: 'string',
    category: [concept],
    subject: [reference],
    status: concept,
    contraindication: disease,
    indication: { ...disease, intendedEffect: codeable },
    interaction: {
      interactant: [{ itemReference: reference, itemCodeableConcept: concept }],
      type: concept,
      effect: codeable,
      incidence: concept,
      management: [concept],
    },
    undesirableEffect: {
      symptomConditionEffect: codeable,
      classification: concept,
      frequencyOfOccurrence: concept,
    },
    warning: { description: 'string', code: concept },
  },
  Ingredient: {
    for: [reference],
    role: concept,
    function: [concept],
    allergenicIndicator: 'boolean',
    manufacturer: [{ manufacturer: reference }],
    substance: { code: codeable, strength: [strength] },
  },
  ManufacturedItemDefinition: {
    name: 'string',
    manufacturedDoseForm: concept,
    unitOfPresentation: concept,
    manufacturer: [reference],
    ingredient: [concept],
  },
  MedicinalProductDefinition: {
    identifier: [identifier],
    type: concept,
    domain: concept,
    status: concept,
    description: 'string',
    combinedPharmaceuticalDoseForm: concept,
    route: [concept],
    indication: 'string',
    legalStatusOfSupply: concept,
    additionalMonitoringIndicator: concept,
    specialMeasures: [concept],
    pediatricUseIndicator: concept,
    classification: [concept],
    marketingStatus: [marketingStatus],
    ingredient: [concept],
    contact: [{ type: concept, contact: reference }],
    name: [
      {
        productName: 'string',
        part: [{ part: 'string', type: concept }],
        usage: [{ country: concept, language: concept }],
      },
    ],
    operation: [
      { type: codeable, effectiveDate: period, organization: [reference], confidentialityIndicator: concept },
    ],
  },
  Organization: {
    identifier: [identifier],
    type: [concept],
    name: 'string',
    alias: ['string'],
    contact: [{ address }],
  },
  PackagedProductDefinition: {
    identifier: [identifier],
    name: 'string',
    packageFor: [reference],
    status: concept,
    statusDate: 'string',
    containedItemQuantity: [quantity],
    description: 'string',
    legalStatusOfSupply: [{ code: concept, jurisdiction: concept }],
    marketingStatus: [marketingStatus],
    manufacturer: [reference],
    packaging,
  },
  RegulatedAuthorization: {
    identifier: [identifier],
    subject: [reference],
    type: concept,
    region: [concept],
    status: concept,
    statusDate: 'string',
    validityPeriod: period,
    basis: [concept],
    holder: reference,
    regulator: reference,
    case: authorizationCase,
  },
  SubstanceDefinition: {
    identifier: [identifier],
    status: concept,
    manufacturer: [reference],
    description: 'string',
    structure: { molecularFormula: 'string' },
    code: [{ code: concept }],
    name: [{ name: 'string', type: concept, preferred: 'boolean', language: [concept] }],
  },
};

/** What a record of a type is read as. */
export function jsonTypeOf(type: ResourceType): JsonObject {
  return { meta, language: 'string', ...resources[type] } as JsonObject;
}
