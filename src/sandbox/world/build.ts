/** Expands a product's short form into its FHIR resources. */

import type {
  ActivityDefinition,
  AdministrableProductDefinition,
  ClinicalUseDefinition,
  CodeableConcept,
  Extension,
  Ingredient,
  IngredientSubstanceStrength,
  ManufacturedItemDefinition,
  MedicinalProductDefinition,
  MedicinalProductDefinitionName,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Reference,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';
import { coding, concept, listSystem, quantity, ratio } from './elements.js';
import { formWords } from './form-words.js';
import { idIn, type Series } from './ids.js';
import { sampleMeta } from './marking.js';
import { authorityReference, companyReference } from './organizations.js';
import { applyQuirks } from './quirks.js';
import type {
  AdministeredSpecification,
  ClinicalUseSpecification,
  IngredientSpecification,
  ItemSpecification,
  Market,
  PackSpecification,
  PackagingSpecification,
  ProductSpecification,
} from './specification.js';
import { SUBSTANCE_SYSTEM, substanceOf, type SubstanceName } from './substances.js';
import {
  applicationTypes,
  atcTermsByName,
  authorizationStatuses,
  authorizationTypes,
  contactRoles,
  countries,
  domains,
  forms,
  languages,
  legalBases,
  manufacturingActivities,
  marketingStatuses,
  materials,
  nameParts,
  nameTypes,
  presentations,
  procedureTypes,
  productCategories,
  recordStatuses,
  roles,
  routes,
  shelfLifeTypes,
  storagePrecautions,
  supplyStatuses,
  wrappings,
  type Country,
  type Language,
} from './terms.js';

export interface BuildOptions {
  readonly series: Series;
  readonly quirks: boolean;
}

type Part = (specification: ProductSpecification, series: Series) => Resource[];

/** What each type's resources are made by, the product first. */
const parts: Readonly<Record<string, Part>> = {
  MedicinalProductDefinition: (specification, series) => [buildProduct(specification, series)],
  RegulatedAuthorization: buildAuthorizations,
  PackagedProductDefinition: (specification, series) =>
    specification.packs.map((pack, at) => buildPack(specification, series, pack, at)),
  ManufacturedItemDefinition: (specification, series) =>
    specification.items.map((item, at) => buildItem(specification, series, item, at)),
  AdministrableProductDefinition: (specification, series) =>
    specification.administered.map((each, at) => buildAdministrable(specification, series, each, at)),
  Ingredient: buildIngredients,
  ClinicalUseDefinition: (specification, series) =>
    (specification.uses ?? []).map((use, at) => buildUse(specification, series, use, at)),
  ActivityDefinition: buildActivities,
};

export const familyTypes: readonly string[] = Object.keys(parts);

/** The product first, then all that belongs to it alone. Organizations and substances are shared, and not in it. */
export function buildFamily(specification: ProductSpecification, options: BuildOptions): readonly Resource[] {
  return familyTypes.flatMap((type) => buildPart(specification, options, type));
}

/** The resources of one type in a product's family. */
export function buildPart(
  specification: ProductSpecification,
  { series, quirks }: BuildOptions,
  type: string,
): readonly Resource[] {
  const resources = parts[type]?.(specification, series) ?? [];
  return quirks ? applyQuirks(resources, specification.quirks ?? []) : resources;
}

function productId({ no, authorization }: ProductSpecification, series: Series): string {
  return idIn(series, authorization.isNationalRecord ? 'national record' : 'product', no, 0);
}

function productReference(specification: ProductSpecification, series: Series): Reference {
  return { reference: `MedicinalProductDefinition/${productId(specification, series)}` };
}

function buildProduct(specification: ProductSpecification, series: Series): MedicinalProductDefinition {
  const { no, atc, form, holder, activities = [] } = specification;
  const dosage = concept(forms[form]);
  return {
    resourceType: 'MedicinalProductDefinition',
    id: productId(specification, series),
    meta: sampleMeta(no),
    ...(specification.formIn === 'extension' ? { extension: [authorisedDoseForm(dosage)] } : {}),
    identifier: [
      { system: 'http://ema.europa.eu/fhir/mpId', value: mpid(specification) },
      { system: 'http://spor.azure-api.net/pms/api/v2', value: String(6_000_000 + no) },
      { system: `${listSystem('100000000009')}/terms/100000075665`, value: `PRD${400_000 + no}` },
    ],
    domain: concept(domains.human),
    status: concept(recordStatuses[specification.recordStatus ?? 'current']),
    ...(specification.formIn === 'extension' ? {} : { combinedPharmaceuticalDoseForm: dosage }),
    ...(specification.indication === undefined ? {} : { indication: specification.indication }),
    legalStatusOfSupply: concept(supplyStatuses[specification.supply ?? 'prescription']),
    classification: [
      {
        coding: [
          coding(atcTermsByName[atc]),
          {
            system: 'http://www.whocc.no/atc',
            code: atcTermsByName[atc].atc,
            display: atcTermsByName[atc].display,
          },
        ],
      },
      concept(productCategories[specification.isBiological ? 'biological' : 'chemical']),
    ],
    marketingStatus: marketCountries(specification).map((country) => ({
      country: concept(countries[country]),
      status: concept(marketingStatuses.marketed),
      dateRange: { start: specification.authorization.date },
    })),
    contact: [
      { type: concept(contactRoles.QPPV), contact: companyReference(holder) },
      { type: concept(contactRoles.enquiries), contact: companyReference(holder) },
    ],
    name: buildNames(specification),
    ...(activities.length === 0
      ? {}
      : {
          operation: activities.map(([activity, company], at) => ({
            type: {
              concept: concept(manufacturingActivities[activity]),
              reference: { reference: `ActivityDefinition/${idIn(series, 'activity', no, at)}` },
            },
            effectiveDate: { start: specification.authorization.date },
            organization: [companyReference(company)],
          })),
        }),
  };
}

function authorisedDoseForm({ coding: codings }: CodeableConcept): Extension {
  const [first] = codings ?? [];
  return {
    url: 'http://ema.europa.eu/fhir/extension/authorisedDoseForm',
    ...(first === undefined ? {} : { valueCoding: first }),
  };
}

function mpid({ no, authorization }: ProductSpecification): string {
  return `${authorization.by}-100900${String(no % 100).padStart(3, '0')}-${String(no).padStart(8, '0')}`;
}

function marketCountries({ markets }: ProductSpecification): Country[] {
  return [...new Set(markets.map((market) => splitMarket(market)[1]))].filter((country) => country !== 'EU');
}

function splitMarket(market: Market): [Language, Country] {
  return market.split('-') as [Language, Country];
}

function buildNames(specification: ProductSpecification): MedicinalProductDefinitionName[] {
  const pairs = specification.markets.map(splitMarket);
  const spoken = [...new Set(pairs.map(([language]) => language))];
  return spoken.map((language) => {
    const form = wordFor(specification, language);
    const { brand, strength } = specification;
    return {
      productName: [brand, strength, form].filter((word) => word !== undefined).join(' '),
      type: concept(nameTypes.full),
      part: [
        { part: brand, type: concept(nameParts.invented) },
        ...(strength === undefined ? [] : [{ part: strength, type: concept(nameParts.strength) }]),
        { part: form, type: concept(nameParts['dose form']) },
      ],
      usage: pairs
        .filter(([spokenThere]) => spokenThere === language)
        .map(([, country]) => ({
          country: concept(countries[country]),
          language: concept(languages[language]),
        })),
    };
  });
}

function wordFor({ brand, form }: ProductSpecification, language: Language): string {
  const word = formWords[form][language];
  if (word === undefined) throw new RangeError(`${brand}: no word for "${form}" in ${language}`);
  return word;
}

function buildAuthorizations(specification: ProductSpecification, series: Series): RegulatedAuthorization[] {
  const { no, authorization, packs } = specification;
  const { on = 'both' } = authorization;
  const product = productReference(specification, series);
  const numbers: { number: string; subject: Reference }[] = [
    ...(on === 'packages' ? [] : [{ number: authorization.number, subject: product }]),
    ...(on === 'product'
      ? []
      : packs.map((_, at) => ({
          number: `${authorization.number}/${String(at + 1).padStart(3, '0')}`,
          subject: { reference: `PackagedProductDefinition/${idIn(series, 'package', no, at)}` },
        }))),
  ];
  const marketing = numbers.map(({ number, subject }, at) => ({
    ...buildAuthorization(specification, number, subject),
    id: idIn(series, 'authorization', no, at),
  }));
  return authorization.orphan === undefined
    ? marketing
    : [...marketing, buildOrphanDesignation(specification, series, authorization.orphan, product)];
}

function buildAuthorization(
  { no, holder, authorization }: ProductSpecification,
  number: string,
  subject: Reference,
): RegulatedAuthorization {
  const { by, type = 'marketing', procedure, date, status = 'valid' } = authorization;
  const isCentral = by === 'EU';
  return {
    resourceType: 'RegulatedAuthorization',
    meta: sampleMeta(no + 1),
    identifier: [{ system: 'http://ema.europa.eu/fhir/marketingAuthorizationNumber', value: number }],
    subject: [subject],
    type: concept(authorizationTypes[type]),
    region: [concept(countries[by])],
    status: concept(authorizationStatuses[status]),
    statusDate: date,
    validityPeriod: { start: date },
    basis: [concept(legalBases['well-established use'])],
    holder: companyReference(holder),
    regulator: authorityReference(by),
    ...(procedure === undefined
      ? {}
      : {
          case: {
            identifier: { system: 'http://ema.europa.eu/fhir/procedureNumber', value: procedure },
            type: concept(procedureTypes[isCentral ? 'centralised' : 'mutual recognition']),
            dateDateTime: date,
            application: [
              {
                identifier: { value: `${procedure}/II/0${String(10 + (no % 80))}` },
                type: concept(applicationTypes['variation type II']),
              },
            ],
          },
        }),
  };
}

function buildOrphanDesignation(
  { no, holder, authorization }: ProductSpecification,
  series: Series,
  number: string,
  subject: Reference,
): RegulatedAuthorization {
  return {
    resourceType: 'RegulatedAuthorization',
    id: idIn(series, 'authorization', no, 90),
    meta: sampleMeta(no + 2),
    identifier: [{ system: 'http://ema.europa.eu/fhir/marketingAuthorizationNumber', value: number }],
    subject: [subject],
    type: concept(authorizationTypes.orphan),
    region: [concept(countries.EU)],
    status: concept(authorizationStatuses.valid),
    statusDate: authorization.date,
    holder: companyReference(holder),
    regulator: authorityReference('EU'),
  };
}

function buildPack(
  specification: ProductSpecification,
  series: Series,
  pack: PackSpecification,
  at: number,
): PackagedProductDefinition {
  const { no, authorization, holder } = specification;
  const [country = 'EU'] = marketCountries(specification);
  return {
    resourceType: 'PackagedProductDefinition',
    id: idIn(series, 'package', no, at),
    meta: sampleMeta(no + 3),
    identifier: [
      {
        system: 'http://ema.europa.eu/fhir/pcId',
        value: `${mpid(specification)}-${String(at + 1).padStart(3, '0')}`,
      },
    ],
    name: `${specification.brand} ${pack.text}`,
    packageFor: [productReference(specification, series)],
    status: concept(recordStatuses[specification.recordStatus ?? 'current']),
    statusDate: authorization.date,
    ...(pack.sizes.length === 0 ? {} : { containedItemQuantity: pack.sizes.map(quantity) }),
    description: pack.text,
    legalStatusOfSupply: [
      {
        code: concept(supplyStatuses[specification.supply ?? 'prescription']),
        jurisdiction: concept(countries[country]),
      },
    ],
    marketingStatus: [
      {
        country: concept(countries[country]),
        status: concept(marketingStatuses[pack.marketing ?? 'marketed']),
        dateRange: { start: authorization.date },
      },
    ],
    manufacturer: [companyReference(holder)],
    packaging: {
      ...buildPackaging(no, series, pack.packaging),
      ...(pack.dataCarrier === undefined
        ? {}
        : {
            identifier: [
              { system: 'http://ema.europa.eu/fhir/dataCarrierIdentifier', value: pack.dataCarrier },
            ],
          }),
      shelfLifeStorage: [
        {
          type: concept(shelfLifeTypes['as packaged for sale']),
          periodDuration: quantity(pack.shelfLife ?? '36 month'),
          specialPrecautionsForStorage: [concept(storagePrecautions['not above 25 °C'])],
        },
      ],
    },
  };
}

function buildPackaging(
  no: number,
  series: Series,
  { type, quantity: count = 1, materials: madeOf = [], items = [], inside = [] }: PackagingSpecification,
): PackagedProductDefinitionPackaging {
  return {
    type: concept(wrappings[type]),
    quantity: count,
    ...(madeOf.length === 0 ? {} : { material: madeOf.map((material) => concept(materials[material])) }),
    ...(items.length === 0
      ? {}
      : {
          containedItem: items.map(([item, amount]) => ({
            item: {
              reference: { reference: `ManufacturedItemDefinition/${idIn(series, 'item', no, item)}` },
            },
            amount: quantity(amount),
          })),
        }),
    ...(inside.length === 0 ? {} : { packaging: inside.map((inner) => buildPackaging(no, series, inner)) }),
  };
}

function buildItem(
  { no, brand, strength, holder }: ProductSpecification,
  series: Series,
  { form, unit }: ItemSpecification,
  at: number,
): ManufacturedItemDefinition {
  return {
    resourceType: 'ManufacturedItemDefinition',
    id: idIn(series, 'item', no, at),
    meta: sampleMeta(no + 4),
    status: 'active',
    name: [brand, strength, forms[form].display.toLowerCase()].filter((word) => word !== undefined).join(' '),
    manufacturedDoseForm: concept(forms[form]),
    unitOfPresentation: concept(presentations[unit]),
    manufacturer: [companyReference(holder)],
  };
}

function buildAdministrable(
  specification: ProductSpecification,
  series: Series,
  { from, form, unit, routes: ways }: AdministeredSpecification,
  at: number,
): AdministrableProductDefinition {
  const { no, items } = specification;
  const sources = from ?? items.map((_, index) => index);
  const item = items[sources[0] ?? 0];
  const presentation = unit ?? item?.unit;
  return {
    resourceType: 'AdministrableProductDefinition',
    id: idIn(series, 'administrable', no, at),
    meta: sampleMeta(no + 5),
    status: 'active',
    formOf: [productReference(specification, series)],
    administrableDoseForm: concept(forms[form ?? item?.form ?? specification.form]),
    ...(presentation === undefined ? {} : { unitOfPresentation: concept(presentations[presentation]) }),
    producedFrom: sources.map((source) => ({
      reference: `ManufacturedItemDefinition/${idIn(series, 'item', no, source)}`,
    })),
    routeOfAdministration: ways.map((way) => ({ code: concept(routes[way]) })),
  };
}

function buildIngredients(specification: ProductSpecification, series: Series): Ingredient[] {
  const bare = specification.items.flatMap((item, at) =>
    item.ingredients.flatMap((ingredient) => ingredientsOf(specification, series, item, at, ingredient)),
  );
  return bare.map((ingredient, at) => ({
    ...ingredient,
    id: idIn(series, 'ingredient', specification.no, at),
  }));
}

/** One ingredient, or two where the amount per unit and the one per volume are told apart. */
function ingredientsOf(
  specification: ProductSpecification,
  series: Series,
  { unit }: ItemSpecification,
  at: number,
  ingredient: IngredientSpecification,
): Ingredient[] {
  const { no, administered } = specification;
  const item = { reference: `ManufacturedItemDefinition/${idIn(series, 'item', no, at)}` };
  const administrables = administered.flatMap(({ from }, index) =>
    (from ?? [at]).includes(at)
      ? [{ reference: `AdministrableProductDefinition/${idIn(series, 'administrable', no, index)}` }]
      : [],
  );
  const presented = buildIngredient(specification, ingredient, presentedStrength(ingredient, unit));
  const { concentration } = ingredient;
  if (concentration !== undefined) {
    const strength = { concentrationRatio: ratio(concentration, unit), textConcentration: concentration };
    return [
      { ...presented, for: [item] },
      { ...buildIngredient(specification, ingredient, strength), for: administrables },
    ];
  }
  const targets = {
    item: [item],
    administrable: administrables,
    product: [productReference(specification, series)],
    'item and administrable': [item, ...administrables],
    all: [productReference(specification, series), item, ...administrables],
  }[ingredient.for ?? 'item and administrable'];
  return [{ ...presented, for: targets }];
}

function presentedStrength(
  { strength, amount, reference }: IngredientSpecification,
  unit: ItemSpecification['unit'],
): IngredientSubstanceStrength | undefined {
  if (amount !== undefined) return { presentationQuantity: quantity(amount), textPresentation: amount };
  if (strength === undefined) return undefined;
  return {
    presentationRatio: ratio(strength, unit),
    textPresentation: strength,
    ...(reference === undefined
      ? {}
      : {
          referenceStrength: [
            {
              substance: { concept: substanceConcept(reference[0]) },
              strengthRatio: ratio(reference[1], unit),
            },
          ],
        }),
  };
}

function buildIngredient(
  { no, holder }: ProductSpecification,
  { role, substance }: IngredientSpecification,
  strength: IngredientSubstanceStrength | undefined,
): Ingredient {
  const { code, formula, isAllergen } = substanceOf(substance);
  return {
    resourceType: 'Ingredient',
    meta: sampleMeta(no + 6),
    status: 'active',
    role: concept(roles[role]),
    ...(role === 'excipient' ? { allergenicIndicator: isAllergen === true } : {}),
    ...(role === 'active'
      ? { manufacturer: [{ role: 'actual' as const, manufacturer: companyReference(holder) }] }
      : {}),
    substance: {
      code: {
        concept: substanceConcept(substance),
        ...(formula === undefined ? {} : { reference: { reference: `SubstanceDefinition/${code}` } }),
      },
      ...(strength === undefined ? {} : { strength: [strength] }),
    },
  };
}

function substanceConcept(name: SubstanceName): CodeableConcept {
  const { code, name: display } = substanceOf(name);
  return { coding: [{ system: SUBSTANCE_SYSTEM, code, display }] };
}

function buildUse(
  specification: ProductSpecification,
  series: Series,
  use: ClinicalUseSpecification,
  at: number,
): ClinicalUseDefinition {
  return {
    resourceType: 'ClinicalUseDefinition',
    id: idIn(series, 'clinical use', specification.no, at),
    meta: sampleMeta(specification.no + 7),
    type: use.type,
    subject: [productReference(specification, series)],
    ...buildUseContent(use),
  };
}

function buildUseContent(use: ClinicalUseSpecification): Partial<ClinicalUseDefinition> {
  const text = { concept: { text: use.text } };
  switch (use.type) {
    case 'indication':
      return { indication: { diseaseSymptomProcedure: text } };
    case 'contraindication':
      return { contraindication: { diseaseSymptomProcedure: text } };
    case 'interaction':
      return { interaction: { interactant: [{ itemCodeableConcept: { text: use.with } }], effect: text } };
    case 'undesirable-effect':
      return {
        undesirableEffect: { symptomConditionEffect: text, frequencyOfOccurrence: { text: use.frequency } },
      };
    case 'warning':
      return { warning: { description: use.text, code: { text: use.text } } };
  }
}

function buildActivities(
  { no, activities = [] }: ProductSpecification,
  series: Series,
): ActivityDefinition[] {
  return activities.map(([activity, company], at) => ({
    resourceType: 'ActivityDefinition',
    id: idIn(series, 'activity', no, at),
    meta: sampleMeta(no + 8),
    status: 'active',
    code: concept(manufacturingActivities[activity]),
    participant: [{ typeReference: companyReference(company) }],
  }));
}
