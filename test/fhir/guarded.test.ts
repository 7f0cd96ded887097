/** Records with malformed elements: only these elements cannot be read, and all others are unchanged. */
import { describe, expect, it } from 'vitest';
import { asSent, guarded, MalformedElement } from '../../src/fhir/guarded.js';
import type { FhirResource } from '../../src/fhir/resources.js';

type Loose = Readonly<Record<string, unknown>>;

function record(elements: Loose, resourceType = 'PackagedProductDefinition'): FhirResource {
  return { resourceType, id: '1', ...elements } as unknown as FhirResource;
}

function read(elements: Loose): Loose {
  return guarded(record(elements)) as unknown as Loose;
}

describe('a record that conforms to FHIR', () => {
  it('is returned as the same object, including elements that no code reads', () => {
    const sound = record({
      packageFor: [{ reference: 'MedicinalProductDefinition/1' }],
      packaging: { packaging: [{ containedItem: [{ item: {} }] }], alternateMaterial: 5 },
      _description: { extension: [{ url: 'x', valueString: 'y' }] },
      masterFile: 'x',
    });
    expect(guarded(sound)).toBe(sound);
  });

  it('may have null in a list of primitives, for a value that has only extensions', () => {
    const organization = record({ alias: ['A', null], _alias: [null, { id: 'x' }] }, 'Organization');
    expect(guarded(organization)).toBe(organization);
  });
});

describe('an element whose JSON type is not that of FHIR', () => {
  it.each([
    ['a number for an object', { packaging: 5 }, 'packaging'],
    ['a string for a list', { packageFor: 'x' }, 'packageFor'],
    ['an object for a string', { description: {} }, 'description'],
    ['an empty list for an object', { packaging: [] }, 'packaging'],
    ['a list of two objects for one object', { packaging: [{}, {}] }, 'packaging'],
    ['a Boolean for the extensions of a primitive', { _description: true }, '_description'],
  ])('throws when it is read: %s', (_title, elements, name) => {
    const given = { ...elements, status: { text: 'current' } };
    const guardedOne = read(given);
    expect(guardedOne['status']).toEqual(given.status);
    expect(() => guardedOne[name]).toThrow(MalformedElement);
    expect(() => guardedOne[name]).toThrow(`PackagedProductDefinition/1: "${name}"`);
  });

  it('throws at any depth, and only when it is read itself', () => {
    const { packaging } = read({
      packaging: { type: { text: 'Box' }, containedItem: [{ item: {} }, { item: 5, amount: { value: 2 } }] },
    }) as { packaging: { type: unknown; containedItem: readonly Loose[] } };
    expect(packaging.type).toEqual({ text: 'Box' });
    const [one, other] = packaging.containedItem;
    expect([one, other?.['amount']]).toEqual([{ item: {} }, { value: 2 }]);
    expect(() => other?.['item']).toThrow('"packaging.containedItem[1].item"');
  });

  it('in a list throws when the code reads it within the list', () => {
    const { packageFor } = read({ packageFor: [{ display: 'a' }, 5] }) as { packageFor: readonly unknown[] };
    expect(packageFor[0]).toEqual({ display: 'a' });
    expect(() => packageFor.map((each) => each)).toThrow('"packageFor[1]"');
  });

  it('is unchanged in a record that is copied or serialized', () => {
    const given = record({ packaging: { quantity: 'x', packaging: [5] } });
    const once = guarded(given);
    expect(guarded(once)).toBe(once);
    expect(asSent(once)).toBe(given);
    expect(JSON.parse(JSON.stringify({ once }))).toEqual({ once: given });
  });
});

describe('an element with a tolerated JSON type', () => {
  it.each([
    ['one object for a list', { packageFor: { display: 'a' } }, { packageFor: [{ display: 'a' }] }],
    ['a list of one for an object', { packaging: [{ quantity: 1 }] }, { packaging: { quantity: 1 } }],
    ['null for an absent element', { packaging: null, status: { text: null } }, { status: {} }],
    [
      'null as a member of a list',
      { packageFor: [null, { display: 'a' }] },
      { packageFor: [{ display: 'a' }] },
    ],
  ])('is read as if it had the type that FHIR defines: %s', (_title, elements, expected) => {
    expect(read(elements)).toEqual(record(expected));
    expect(JSON.parse(JSON.stringify(read(elements)))).toEqual(record(expected));
  });
});
