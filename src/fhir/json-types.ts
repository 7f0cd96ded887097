/**
 * Lists the JSON types of all elements that this service reads, according to FHIR R5. The compiler checks the types
 * against FHIR's type definitions. No code reads an element that is missing in this table.
 */
import type {
  Address,
  AdministrableProductDefinitionProperty,
  Attachment,
  CodeableConcept,
  CodeableReference,
  Coding,
  Extension,
  Identifier,
  IngredientSubstanceStrength,
  IngredientSubstanceStrengthReferenceStrength,
  ManufacturedItemDefinitionComponent,
  MarketingStatus,
  Meta,
  PackagedProductDefinitionPackaging,
  PackagedProductDefinitionPackagingProperty,
  Period,
  ProductShelfLife,
  Quantity,
  Ratio,
  RatioRange,
  Reference,
  RegulatedAuthorizationCase,
} from 'fhir/r5.js';
import type { ResourceOf, ResourceType } from './resources.js';

/** A string, a number, a boolean, an object with typed elements, or a list of one of these. */
export type JsonType = 'string' | 'number' | 'boolean' | JsonObject | readonly [JsonType];

export interface JsonObject {
  readonly [element: string]: JsonType;
}

/** The JSON type of a FHIR type. */
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
const attachment: ObjectOf<Attachment> = {
  contentType: 'string',
  language: 'string',
  url: 'string',
  title: 'string',
  creation: 'string',
};
const meta: ObjectOf<Meta> = { versionId: 'string', lastUpdated: 'string' };

/** Every element may have extensions. Extensions of a primitive element are in a separate element (`_display`). */
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
/** A `property` element. It allows every type of value that R5 allows in it. */
const characteristic: ObjectOf<AdministrableProductDefinitionProperty> = {
  type: concept,
  valueCodeableConcept: concept,
  valueQuantity: quantity,
  valueDate: 'string',
  valueBoolean: 'boolean',
  valueMarkdown: 'string',
  valueAttachment: attachment,
  valueReference: reference,
};
const packageCharacteristic: ObjectOf<PackagedProductDefinitionPackagingProperty> = {
  type: concept,
  valueCodeableConcept: concept,
  valueQuantity: quantity,
  valueDate: 'string',
  valueBoolean: 'boolean',
  valueAttachment: attachment,
};
const component: ObjectOf<ManufacturedItemDefinitionComponent> = {
  type: concept,
  function: [concept],
  amount: [quantity],
  property: [characteristic],
  get component() {
    return [component] as const;
  },
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
  property: [packageCharacteristic],
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
  measurementPoint: 'string',
  country: [concept],
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
  measurementPoint: 'string',
  country: [concept],
  referenceStrength: [referenceStrength],
};
const authorizationCase: ObjectOf<RegulatedAuthorizationCase> = {
  identifier,
  type: concept,
  status: concept,
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

/** The elements of each resource type, without the elements that all resource types share. */
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
    identifier: [identifier],
    property: [characteristic],
    routeOfAdministration: [
      {
        code: concept,
        firstDose: quantity,
        maxSingleDose: quantity,
        maxDosePerDay: quantity,
        maxDosePerTreatmentPeriod: ratio,
        maxTreatmentPeriod: quantity,
        targetSpecies: [
          {
            code: concept,
            withdrawalPeriod: [{ tissue: concept, value: quantity, supportingInformation: 'string' }],
          },
        ],
      },
    ],
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
    population: [reference],
  },
  DocumentReference: {
    type: concept,
    date: 'string',
    description: 'string',
    content: [{ attachment }],
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
    property: [characteristic],
    component: [component],
  },
  MedicinalProductDefinition: {
    identifier: [identifier],
    type: concept,
    domain: concept,
    status: concept,
    statusDate: 'string',
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
    comprisedOf: [reference],
    impurity: [codeable],
    attachedDocument: [reference],
    crossReference: [{ product: codeable, type: concept }],
    characteristic: [
      {
        type: concept,
        valueCodeableConcept: concept,
        valueMarkdown: 'string',
        valueQuantity: quantity,
        valueInteger: 'number',
        valueDate: 'string',
        valueBoolean: 'boolean',
        valueAttachment: attachment,
      },
    ],
    contact: [{ type: concept, contact: reference }],
    name: [
      {
        productName: 'string',
        part: [{ part: 'string', type: concept }],
        usage: [{ country: concept, jurisdiction: concept, language: concept }],
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
    type: concept,
    status: concept,
    statusDate: 'string',
    containedItemQuantity: [quantity],
    description: 'string',
    legalStatusOfSupply: [{ code: concept, jurisdiction: concept }],
    marketingStatus: [marketingStatus],
    manufacturer: [reference],
    copackagedIndicator: 'boolean',
    attachedDocument: [reference],
    characteristic: [packageCharacteristic],
    packaging,
  },
  RegulatedAuthorization: {
    identifier: [identifier],
    subject: [reference],
    type: concept,
    description: 'string',
    region: [concept],
    status: concept,
    statusDate: 'string',
    validityPeriod: period,
    basis: [concept],
    holder: reference,
    regulator: reference,
    intendedUse: concept,
    attachedDocument: [reference],
    case: authorizationCase,
  },
  SubstanceDefinition: {
    identifier: [identifier],
    status: concept,
    manufacturer: [reference],
    description: 'string',
    molecularWeight: [{ amount: quantity }],
    structure: {
      molecularFormula: 'string',
      molecularWeight: { amount: quantity },
      representation: [{ type: concept, representation: 'string', format: concept }],
    },
    code: [{ code: concept }],
    name: [
      {
        name: 'string',
        type: concept,
        preferred: 'boolean',
        language: [concept],
        official: [{ authority: concept, status: concept, date: 'string' }],
      },
    ],
  },
};

/** Returns the elements of a resource type with their JSON types. */
export function jsonTypeOf(type: ResourceType): JsonObject {
  return { meta, language: 'string', ...resources[type] } as JsonObject;
}
