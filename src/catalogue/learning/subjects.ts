/** What one neutral question settles: most features are a subject of their own, and some are found out together. */
import { nameSearch } from '../plan/capabilities.js';
import type { Feature } from '../upstream/features.js';

/** A feature, which may stand for others; or all that comes along with searches. */
export type Subject = Feature | 'includes';

const together: Readonly<Partial<Record<Feature, Subject>>> = {
  'name-is-contains': nameSearch,
  'search MedicinalProductDefinition?_id': 'or',
};

export function subjectOf(feature: Feature): Subject {
  if (/^(rev)?include/.test(feature)) return 'includes';
  return together[feature] ?? feature;
}
