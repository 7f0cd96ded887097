/** What one neutral question settles: most features are a subject of their own, and some are found out together. */
import { nameSearch } from '../plan/capabilities.js';
import type { Doubt } from '../upstream/features.js';

/** A feature, which may stand for others; all that comes along with searches; or what is no feature. */
export type Subject = Doubt | 'includes';

const together: Readonly<Partial<Record<Doubt, Subject>>> = {
  'name-is-contains': nameSearch,
  'search MedicinalProductDefinition?_id': 'or',
};

export function subjectOf(doubt: Doubt): Subject {
  if (/^(rev)?include/.test(doubt)) return 'includes';
  return together[doubt] ?? doubt;
}
