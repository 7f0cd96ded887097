/**
 * Computes how many requests the profile `search` needs: one search for the children of many parents, and one search
 * for records by their ids.
 */
import { idSearch } from '../../lookup/kinds.js';
import { typeOf } from '../../graph/key.js';
import { single, type Foreseen, type Measures } from '../foreseen.js';
import { priceOf } from '../price.js';
import type { Pricing } from '../profile.js';

const productType = 'MedicinalProductDefinition';
const nothingElsewhere = { isElsewhere: false };

export function priceSearch(measures: Measures, foreseen: Foreseen): Pricing {
  return {
    readsMany: measures.features.has(idSearch),

    // This profile reads records by id, so it does not use the product that contains them (`within`).
    records: ({ keys = [] }) =>
      keys.map((key) => {
        const type = typeOf(key);
        foreseen.demand(`${type}?_id`, 'read', 0, key, single);
        return foreseen.population({ name: key, type, usual: 1, most: 1, wave: 1, inHand: true });
      }),

    found({ name, wave, usual, most }, keys) {
      if (keys.length > 0)
        foreseen.demand(`${productType}?_id`, 'read', wave, name, { ...single, usual, most });
    },

    lookInto: () => undefined,

    children(question, parents, share) {
      if (question.kind === 'bundled') return undefined;
      foreseen.demand(question.asks, 'search', parents.wave, parents.name, share);
      return nothingElsewhere;
    },

    references: () => nothingElsewhere,
    read: (found) => foreseen.read(found),
    price: (demand) => priceOf(demand, measures),
  };
}
