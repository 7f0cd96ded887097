/** Builds the MedicinalProductDefinition of a product. */

import type {
  CodeableConcept,
  Extension,
  MedicinalProductDefinition,
  MedicinalProductDefinitionName,
} from 'fhir/r5.js';
import { usualIndication } from '../clinical-uses.js';
import { coding, concept, listSystem } from '../elements.js';
import { formWords } from '../form-words.js';
import type { Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { companyReference, safetyPerson } from '../organizations.js';
import type { ProductSpecification } from '../specification.js';
import {
  atcTermsByName,
  contactRoles,
  countries,
  dataClassifications,
  domains,
  forms,
  languages,
  manufacturingActivities,
  nameParts,
  nameTypes,
  productCategories,
  recordStatuses,
  routes,
  supplyStatuses,
  type Language,
} from '../terms.js';
import { activitiesOf, marketCountries, mpid, partReference, productId, splitMarket } from './identity.js';
import { containedDocuments, documentReferences } from './documents.js';
import { marketed } from './marketing.js';
import { particularsOf } from './particulars.js';

export function buildProduct(
  specification: ProductSpecification,
  series: Series,
): MedicinalProductDefinition {
  const { no, form, holder, remarks, ownRoutes = [] } = specification;
  const isInExtension = specification.formIn === 'extension';
  return {
    resourceType: 'MedicinalProductDefinition',
    id: productId(specification, series),
    meta: sampleMeta(no),
    extension: isInExtension ? [authorisedDoseForm(specification)] : undefined,
    identifier: [
      { system: 'http://ema.europa.eu/fhir/mpId', value: mpid(specification) },
      { system: 'http://spor.azure-api.net/pms/api/v2', value: String(6_000_000 + no) },
      { system: `${listSystem('100000000009')}/terms/100000075665`, value: `PRD${400_000 + no}` },
    ],
    type: { text: 'Medicinal product' },
    domain: concept(domains.human),
    status: concept(recordStatuses[specification.recordStatus ?? 'current']),
    description: remarks?.description,
    contained: containedDocuments(specification),
    attachedDocument: documentReferences(specification, series),
    ingredient: specification.ownIngredients?.map((text) => ({ text })),
    combinedPharmaceuticalDoseForm: isInExtension ? undefined : concept(forms[form]),
    route: ownRoutes.length === 0 ? undefined : ownRoutes.map((route) => concept(routes[route])),
    indication: specification.indication ?? usualIndication(specification.atc),
    legalStatusOfSupply: concept(supplyStatuses[specification.supply ?? 'prescription']),
    additionalMonitoringIndicator: textConcept(remarks?.monitoring ?? usualMonitoring(specification)),
    specialMeasures: remarks?.measures?.map((text) => ({ text })),
    pediatricUseIndicator: textConcept(usualPaediatricUse(specification)),
    classification: buildClassification(specification),
    marketingStatus: marketCountries(specification).map((country) => ({
      country: concept(countries[country]),
      ...marketed(specification),
    })),
    contact: [
      { type: concept(contactRoles.QPPV), contact: safetyPerson(holder) },
      { type: concept(contactRoles.enquiries), contact: companyReference(holder) },
    ],
    name: buildNames(specification),
    operation: buildOperations(specification, series),
    ...particularsOf(specification, series),
  };
}

/**
 * Returns the `additionalMonitoringIndicator` of a centrally authorized product. Products authorized since 2021 are subject to
 * additional monitoring.
 */
function usualMonitoring({ authorization: { by, date } }: ProductSpecification): string | undefined {
  if (by !== 'EU') return undefined;
  return date >= '2021' ? 'Subject to additional monitoring' : 'Not subject to additional monitoring';
}

/** Returns the `pediatricUseIndicator`. Only centrally authorized products and medicines for children have one. */
function usualPaediatricUse({
  form,
  category,
  atc,
  authorization,
}: ProductSpecification): string | undefined {
  const isForChildren =
    form === 'syrup' ||
    form === 'oral suspension' ||
    category === 'immunological' ||
    atc === 'insulin glargine';
  if (isForChildren) return 'Authorised for the treatment of children';
  return authorization.by === 'EU' ? 'Not authorised for the treatment of children' : undefined;
}

function textConcept(text: string | undefined): CodeableConcept | undefined {
  return text === undefined ? undefined : { text };
}

function authorisedDoseForm({ form }: ProductSpecification): Extension {
  return {
    url: 'http://ema.europa.eu/fhir/extension/authorisedDoseForm',
    valueCoding: coding(forms[form]),
  };
}

/** Returns the ATC code as one concept with two codings: EMA's term and the WHO code. */
function buildClassification({ atc, category = 'chemical' }: ProductSpecification): CodeableConcept[] {
  const term = atcTermsByName[atc];
  return [
    {
      coding: [coding(term), { system: 'http://www.whocc.no/atc', code: term.atc, display: term.display }],
    },
    concept(productCategories[category]),
  ];
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

function buildOperations(
  specification: ProductSpecification,
  series: Series,
): MedicinalProductDefinition['operation'] {
  const steps = activitiesOf(specification);
  if (steps.length === 0) return undefined;
  return steps.map(([activity, company], at) => ({
    type: {
      concept: concept(manufacturingActivities[activity]),
      reference: partReference(specification, series, 'activity', at),
    },
    effectiveDate: { start: specification.authorization.date },
    organization: [companyReference(company)],
    confidentialityIndicator: concept(dataClassifications.public),
  }));
}
