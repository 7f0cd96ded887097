/** Decides from the authorization whether a product or a package is marketed. */

import type { Extension, MarketingStatus } from 'fhir/r5.js';
import { concept } from '../elements.js';
import type { ProductSpecification, Sale } from '../specification.js';
import { countries, marketingStatuses, type Marketing } from '../terms.js';
import { isOver, statusDate } from './identity.js';

/** @param marketing marketing status of the package itself, if specified */
export function marketed(
  specification: ProductSpecification,
  marketing = usualMarketing(specification),
): Pick<MarketingStatus, 'status' | 'dateRange' | 'restoreDate'> {
  const end = isOver(specification) ? statusDate(specification) : undefined;
  return {
    status: concept(marketingStatuses[marketing]),
    dateRange: marketing === 'never marketed' ? undefined : { start: specification.authorization.date, end },
    restoreDate: marketing === 'temporarily unavailable' ? '2027-01' : undefined,
  };
}

/** Returns the MarketingStatus of a package in one country. */
export function saleIn({ in: country, status, from, to, restore, isAtRisk }: Sale): MarketingStatus {
  return {
    extension: isAtRisk === undefined ? undefined : [riskOfShortage(isAtRisk)],
    country: concept(countries[country]),
    status: concept(marketingStatuses[status]),
    dateRange: from === undefined && to === undefined ? undefined : { start: from, end: to },
    restoreDate: restore,
  };
}

function riskOfShortage(isAtRisk: boolean): Extension {
  const text = isAtRisk ? 'True' : 'False';
  return {
    url: 'http://ema.europa.eu/fhir/extension/riskOfSupplyShortage',
    valueCoding: { system: 'https://ema.europa.eu/fhir/riskOfSupplyShortage', code: text, display: text },
  };
}

function usualMarketing(specification: ProductSpecification): Marketing {
  const { status = 'valid' } = specification.authorization;
  if (status === 'suspended') return 'temporarily unavailable';
  if (status === 'pending') return 'never marketed';
  return isOver(specification) ? 'not marketed' : 'marketed';
}
