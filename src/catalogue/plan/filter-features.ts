/** Lists the upstream searches that product filters use. */
import { parts } from '../graph/link.js';
import { filterLinks } from '../graph/links.js';
import { termSearches } from '../lookup/kinds.js';
import { pushOf, searchable, wayOf } from '../search/pushes.js';
import { upwardFeatures } from '../search/ways.js';
import type { Feature } from '../upstream/features.js';

const productType = 'MedicinalProductDefinition';

/** The searches that filters use in addition to the searches for links. Probes test them. */
export const filterFeatures: readonly Feature[] = [
  ...new Set<Feature>([
    ...searchable.flatMap((part): readonly Feature[] => {
      const sample = wayOf(part)?.sample;
      const push = sample === undefined ? undefined : pushOf(part, sample);
      if (push?.kind === 'own') return [`search ${productType}?${push.parameter.name}`];
      return (push?.findings ?? []).flatMap(({ type, parameter }): readonly Feature[] => [
        `search ${type}?${parameter.name}`,
        ...upwardFeatures(type),
      ]);
    }),
    'search Organization?name',
    ...termSearches.map(({ type, parameter }): Feature => `search ${type}?${parameter}`),
    ...upwardFeatures('Organization'),
    ...Object.values(filterLinks)
      .flatMap(parts)
      .flatMap((link): readonly Feature[] =>
        link.kind === 'reverse' ? [`search ${link.type}?${link.parameter}`] : [],
      ),
  ]),
];
