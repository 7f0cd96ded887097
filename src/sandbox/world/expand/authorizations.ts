/** The RegulatedAuthorizations of a product: marketing, orphan designation, manufacturing. */

import type { CodeableConcept, Period, Reference, RegulatedAuthorization } from 'fhir/r5.js';
import { concept } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { authorityReference, companyReference } from '../organizations.js';
import type { Authorization, OtherAuthorization, ProductSpecification } from '../specification.js';
import {
  applicationTypes,
  authorizationStatuses,
  authorizationTypes,
  countries,
  legalBases,
  procedureTypes,
} from '../terms.js';
import { activitiesOf, isEnding, isOver, partReference, productReference, statusDate } from './identity.js';

const MARKETING_NUMBER = 'http://ema.europa.eu/fhir/marketingAuthorizationNumber';

export function buildAuthorizations(
  specification: ProductSpecification,
  series: Series,
): RegulatedAuthorization[] {
  const authorizations = [
    ...buildMarketingAuthorizations(specification, series),
    ...buildOrphanDesignations(specification, series),
    ...buildManufacturingAuthorizations(specification, series),
    ...buildOtherAuthorizations(specification, series),
  ];
  return authorizations.map((authorization, at) => ({
    ...authorization,
    id: idIn(series, 'authorization', specification.no, at),
  }));
}

function buildMarketingAuthorizations(
  specification: ProductSpecification,
  series: Series,
): RegulatedAuthorization[] {
  const { authorization, packs } = specification;
  const { on = 'both', number } = authorization;
  const ofProduct = buildMarketingAuthorization(
    specification,
    number,
    productReference(specification, series),
  );
  const ofPacks = packs.map((_, at) =>
    buildMarketingAuthorization(
      specification,
      `${number}/${String(at + 1).padStart(3, '0')}`,
      partReference(specification, series, 'package', at),
    ),
  );
  return [...(on === 'packages' ? [] : [ofProduct]), ...(on === 'product' ? [] : ofPacks)];
}

function buildMarketingAuthorization(
  specification: ProductSpecification,
  number: string,
  subject: Reference,
): RegulatedAuthorization {
  const { no, holder, authorization } = specification;
  const { by, type = 'marketing', isRegionTold = true } = authorization;
  return {
    resourceType: 'RegulatedAuthorization',
    meta: sampleMeta(no + 1),
    identifier: [{ system: MARKETING_NUMBER, value: number }],
    subject: [subject],
    type: concept(authorizationTypes[type]),
    region: isRegionTold ? [concept(countries[by])] : undefined,
    status: statusConcept(authorization),
    statusDate: statusDate(specification),
    validityPeriod: validityOf(specification),
    basis: [concept(legalBases['well-established use'])],
    holder: companyReference(holder),
    regulator: authorityReference(by),
    case: buildCase(specification),
  };
}

function statusConcept({ status = 'valid' }: Authorization): CodeableConcept {
  if (status === 'unknown') return { text: 'As the agency has it on file' };
  return concept(authorizationStatuses[status]);
}

function validityOf(specification: ProductSpecification): Period | undefined {
  const { date, dateIn = 'validity', validUntil } = specification.authorization;
  if (dateIn !== 'validity') return undefined;
  return { start: date, end: isOver(specification) ? statusDate(specification) : validUntil };
}

function buildCase({ no, authorization }: ProductSpecification): RegulatedAuthorization['case'] {
  const { by, procedure, date, dateIn } = authorization;
  if (procedure === undefined) return undefined;
  return {
    identifier: { system: 'http://ema.europa.eu/fhir/procedureNumber', value: procedure },
    type: concept(procedureTypes[by === 'EU' ? 'centralised' : 'mutual recognition']),
    dateDateTime: dateIn === 'nowhere' ? undefined : date,
    application: [
      {
        identifier: { value: `${procedure}/II/0${10 + (no % 80)}` },
        type: concept(applicationTypes['variation type II']),
      },
    ],
  };
}

function buildOtherAuthorizations(
  specification: ProductSpecification,
  series: Series,
): RegulatedAuthorization[] {
  const { no, holder: own, authorization } = specification;
  return (authorization.others ?? []).map(
    ({
      by,
      number,
      date,
      status,
      statusDate: since = date,
      type = 'marketing',
      holder = own,
    }: OtherAuthorization) => ({
      resourceType: 'RegulatedAuthorization',
      meta: sampleMeta(no + 2),
      identifier: [{ system: MARKETING_NUMBER, value: number }],
      subject: [productReference(specification, series)],
      type: concept(authorizationTypes[type]),
      region: [concept(countries[by])],
      status: concept(authorizationStatuses[status]),
      statusDate: since,
      validityPeriod:
        status === 'rejected' ? undefined : { start: date, end: isEnding(status) ? since : undefined },
      holder: companyReference(holder),
    }),
  );
}

function buildOrphanDesignations(
  specification: ProductSpecification,
  series: Series,
): RegulatedAuthorization[] {
  const { no, holder, authorization } = specification;
  if (authorization.orphan === undefined) return [];
  return [
    {
      resourceType: 'RegulatedAuthorization',
      meta: sampleMeta(no + 2),
      identifier: [{ system: MARKETING_NUMBER, value: authorization.orphan }],
      subject: [productReference(specification, series)],
      type: concept(authorizationTypes.orphan),
      region: [concept(countries.EU)],
      status: concept(authorizationStatuses.valid),
      statusDate: authorization.date,
      holder: companyReference(holder),
      regulator: authorityReference('EU'),
    },
  ];
}

function buildManufacturingAuthorizations(
  specification: ProductSpecification,
  series: Series,
): RegulatedAuthorization[] {
  const { no, authorization } = specification;
  return activitiesOf(specification).map(([, company], at) => ({
    resourceType: 'RegulatedAuthorization',
    meta: sampleMeta(no + 2),
    identifier: [
      {
        system: 'http://ema.europa.eu/fhir/manufacturingAuthorizationNumber',
        value: `MIA-${90_000 + no}-${at + 1}`,
      },
    ],
    subject: [productReference(specification, series), partReference(specification, series, 'activity', at)],
    type: concept(authorizationTypes.manufacturing),
    status: concept(authorizationStatuses.valid),
    statusDate: authorization.date,
    holder: companyReference(company),
  }));
}
