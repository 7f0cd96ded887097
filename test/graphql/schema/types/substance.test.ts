/** Substances as ingredients name them, and by their own records. */
import { describe, expect, it } from 'vitest';
import { SubstanceDefinition } from '../../../../src/graphql/schema/types/substance-definition.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../../support/published.js';
import { held, inEnglish } from '../../../support/views.js';

const definition = (content: object) =>
  new SubstanceDefinition(held({ resourceType: 'SubstanceDefinition', id: 's1', ...content }));
const german = { coding: [{ system: 'urn:ietf:bcp:47', code: 'de' }] };

describe('a substance with its own record', () => {
  const amlodipine = definition({
    identifier: [{ system: 'http://fdasis.nlm.nih.gov', value: '1J444QC288' }],
    status: { text: 'Current' },
    description: 'A white powder',
    structure: { molecularFormula: 'C20H25ClN2O5' },
    code: [{ code: { coding: [{ code: '100000085259' }] } }, {}],
    name: [
      { name: 'Amlodipinum' },
      { name: 'Amlodipine', preferred: true, type: { text: 'INN' } },
      { name: 'Amlodipin', language: [german] },
    ],
  });

  it('has its preferred name, or its name in the requested language', () => {
    expect([
      amlodipine.name({}, inEnglish),
      amlodipine.name({ language: 'de' }, inEnglish),
      amlodipine.name({ language: 'fr' }, inEnglish),
    ]).toEqual(['Amlodipine', 'Amlodipin', 'Amlodipine']);
    expect(definition({ name: [{ name: 'Talc' }] }).name({}, inEnglish)).toBe('Talc');
    expect(definition({}).name({}, inEnglish)).toBeNull();
  });

  it('has the values of its record', () => {
    expect(amlodipine.id).toBe('SubstanceDefinition:s1');
    expect([
      amlodipine.molecularFormula,
      amlodipine.description({}, inEnglish),
      amlodipine.status?.text({}, inEnglish),
    ]).toEqual(['C20H25ClN2O5', 'A white powder', 'Current']);
    expect(amlodipine.identifiers.map(({ value }) => value)).toEqual(['1J444QC288']);
    expect(amlodipine.codes.map(({ code }) => code)).toEqual(['100000085259']);
    expect(
      amlodipine.substanceNames.map(({ text, preferred, type, languages }) => [
        text,
        preferred,
        type?.text({}, inEnglish),
        languages.length,
      ]),
    ).toEqual([
      ['Amlodipinum', null, undefined, 0],
      ['Amlodipine', true, 'INN', 0],
      ['Amlodipin', null, undefined, 1],
    ]);
  });

  it('has null and empty lists for missing values', () => {
    const { molecularFormula, status, identifiers, codes, substanceNames } = definition({});
    expect([molecularFormula, status, definition({}).description({}, inEnglish)]).toEqual([null, null, null]);
    expect([identifiers, codes, substanceNames]).toEqual([[], [], []]);
  });

  it.skipIf(!isPublishedHere)(`has one identifier in every published record${unlessPublished}`, () => {
    const told = publishedOf('SubstanceDefinition').map(
      (resource) => new SubstanceDefinition(held(resource)),
    );
    expect(told.length).toBe(32);
    expect(told.every((each) => each.identifiers.length === 1)).toBe(true);
    expect(told.filter((each) => each.name({}, inEnglish) !== null).length).toBeGreaterThan(15);
    expect(told.flatMap(({ molecularFormula }) => molecularFormula ?? [])).toContain('C15H12N2O');
  });
});
