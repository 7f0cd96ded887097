/** The MedicinalProductDefinition of a product. */

import type {
  CodeableConcept,
  Extension,
  MedicinalProductDefinition,
  MedicinalProductDefinitionName,
} from 'fhir/r5.js';
import { coding, concept, listSystem } from '../elements.js';
import { formWords } from '../form-words.js';
import type { Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { companyReference } from '../organizations.js';
import type { ProductSpecification } from '../specification.js';
import {
  atcTermsByName,
  contactRoles,
  countries,
  domains,
  forms,
  languages,
  manufacturingActivities,
  marketingStatuses,
  nameParts,
  nameTypes,
  productCategories,
  recordStatuses,
  routes,
  supplyStatuses,
  type Language,
} from '../terms.js';
import { marketCountries, mpid, partReference, productId, splitMarket } from './identity.js';

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
    combinedPharmaceuticalDoseForm: isInExtension ? undefined : concept(forms[form]),
    route: ownRoutes.length === 0 ? undefined : ownRoutes.map((route) => concept(routes[route])),
    indication: specification.indication,
    legalStatusOfSupply: concept(supplyStatuses[specification.supply ?? 'prescription']),
    additionalMonitoringIndicator: textConcept(remarks?.monitoring),
    specialMeasures: remarks?.measures?.map((text) => ({ text })),
    pediatricUseIndicator: textConcept(remarks?.paediatricUse),
    classification: buildClassification(specification),
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
    operation: buildOperations(specification, series),
  };
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

/** The list's own term and the WHO code as two codings of one concept. */
function buildClassification({ atc, isBiological }: ProductSpecification): CodeableConcept[] {
  const term = atcTermsByName[atc];
  return [
    {
      coding: [coding(term), { system: 'http://www.whocc.no/atc', code: term.atc, display: term.display }],
    },
    concept(productCategories[isBiological === true ? 'biological' : 'chemical']),
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
  return specification.activities?.map(([activity, company], at) => ({
    type: {
      concept: concept(manufacturingActivities[activity]),
      reference: partReference(specification, series, 'activity', at),
    },
    effectiveDate: { start: specification.authorization.date },
    organization: [companyReference(company)],
    confidentialityIndicator: { text: 'Public' },
  }));
}
