/** The subjects of probes. Most features are their own subject; some share one. */
import { nameSearch } from '../plan/capabilities.js';
import { isOfIncludes, type Doubt } from '../upstream/features.js';

/**
 * What one probe settles. It is one of these: a feature, with all features that share its probe; all includes
 * together (`includes`); or a property of the upstream that is not a feature, such as what its totals count.
 */
export type Subject = Doubt | 'includes';

const together: Readonly<Partial<Record<Doubt, Subject>>> = {
  'name-is-contains': nameSearch,
  'search MedicinalProductDefinition?_id': 'or',
};

export function subjectOf(doubt: Doubt): Subject {
  return isOfIncludes(doubt) ? 'includes' : (together[doubt] ?? doubt);
}
