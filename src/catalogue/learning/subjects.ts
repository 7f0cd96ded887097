/** The subjects of neutral questions. Most features are their own subject; some are settled together. */
import { nameSearch } from '../plan/capabilities.js';
import type { Doubt } from '../upstream/features.js';

/**
 * A feature, which may stand for others; `includes`, for all that comes along with searches; or a doubt that is no
 * feature.
 */
export type Subject = Doubt | 'includes';

const together: Readonly<Partial<Record<Doubt, Subject>>> = {
  'name-is-contains': nameSearch,
  'search MedicinalProductDefinition?_id': 'or',
};

export function subjectOf(doubt: Doubt): Subject {
  if (doubt.startsWith('include') || doubt.startsWith('revinclude')) return 'includes';
  return together[doubt] ?? doubt;
}
