/** Whether a product, or one of its packages, is sold: what its authorization lets one expect. */

import type { MarketingStatus } from 'fhir/r5.js';
import { concept } from '../elements.js';
import type { ProductSpecification } from '../specification.js';
import { marketingStatuses, type Marketing } from '../terms.js';
import { isOver, statusDate } from './identity.js';

/** `marketing` is what is known of the package itself. */
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

function usualMarketing(specification: ProductSpecification): Marketing {
  if (specification.authorization.status === 'suspended') return 'temporarily unavailable';
  return isOver(specification) ? 'not marketed' : 'marketed';
}
