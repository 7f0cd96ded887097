/** The subjects of probes. Most features are their own subject; some share one. */
import { nameSearch } from '../plan/capabilities.js';
import type { Doubt } from '../upstream/features.js';

/** A feature, which may represent others; `includes` for all includes; or a doubt that is not a feature. */
export type Subject = Doubt | 'includes';

const together: Readonly<Partial<Record<Doubt, Subject>>> = {
  'name-is-contains': nameSearch,
  'search MedicinalProductDefinition?_id': 'or',
};

export function subjectOf(doubt: Doubt): Subject {
  if (doubt.startsWith('include') || doubt.startsWith('revinclude')) return 'includes';
  return together[doubt] ?? doubt;
}
