/** An operation reads only the records that it needs from the index. */
import { describe, expect, it } from 'vitest';
import { createBringing, type BringOptions } from '../../../../src/catalogue/profiles/held/bring.js';
import { createKnown, isHeld } from '../../../../src/catalogue/known/known.js';
import { createWhereabouts } from '../../../../src/catalogue/upstream/whereabouts.js';
import { resourceKey } from '../../../../src/fhir/reference.js';
import type { FhirResource } from '../../../../src/fhir/resources.js';

const hour = 3_600_000;

function product(id: string): FhirResource {
  return { resourceType: 'MedicinalProductDefinition', id, name: [{ productName: id }] };
}

/** An index that contains every product, each read `ageMs` milliseconds ago. */
function heldFor(ageMs: number) {
  const calls: string[] = [];
  const known = createKnown();
  const stale: string[] = [];
  const asOf = new Date(Date.now() - ageMs);
  const index: BringOptions['index'] = {
    async products(ids) {
      calls.push(`products ${ids.join()}`);
      const url = `/MedicinalProductDefinition/${ids[0]}/$everything`;
      return new Map(
        ids.map((id) => [id, { id, asOf, url, records: [product(id)], unidentified: [] }] as const),
      );
    },
    async owns(ids) {
      calls.push(`owns ${ids.join()}`);
      return new Map(ids.map((id) => [id, { record: product(id), asOf, isRead: id !== '9' }] as const));
    },
    owners: async () => new Map(),
  };
  const whereabouts = createWhereabouts({ base: 'https://pms.example/v1', store: undefined });
  const bringing = createBringing({
    index,
    known,
    whereabouts,
    freshMs: hour,
    maxAgeMs: 24 * hour,
    onHit: () => {},
    onStale: (products) => stale.push(...products),
  });
  return { ...bringing, calls, known, stale };
}

const key = (id: string) => resourceKey('MedicinalProductDefinition', id);

describe('products that a search found in the index', () => {
  it('are read from it without their linked records, unless the query selects those', async () => {
    const { bring, bringRows, calls, known } = heldFor(0);
    await bringRows([key('1'), key('2')]);
    expect(calls).toEqual(['owns 1,2']);
    expect(isHeld(known.reading(key('1')))).toBe(true);
    expect(known.bundle(key('1'))).toBeUndefined();
    await bring([key('1')]);
    expect(calls).toEqual(['owns 1,2', 'products 1']);
    expect(known.bundle(key('1'))?.isIndexed).toBe(true);
  });

  it('are used at any age, and refreshed in the background if they are old', async () => {
    const { bring, bringRows, known, stale } = heldFor(30 * 24 * hour);
    await bringRows([key('1'), key('9')]);
    // Of the second product the index has only the row of a list, so nothing is refreshed.
    expect(stale).toEqual([key('1')]);
    expect([...(await bring([key('1'), key('2')]))]).toEqual([key('1')]);
    expect(known.bundle(key('2'))).toBeUndefined();
  });
});
