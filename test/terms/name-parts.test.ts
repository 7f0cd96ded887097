/** The parts of product names by kind, in EMA's codes and in HL7's. */
import { describe, expect, it } from 'vitest';
import { emaTerms } from '../../src/terms/ema-terms.js';
import { inventedPart, NamePartKind, namePartKind } from '../../src/terms/name-parts.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../support/published.js';
import { emaList } from '../support/views.js';

const list = '220000000000';
const hl7 = 'http://hl7.org/fhir/medicinal-product-name-part-type';
const kinds = Object.values(NamePartKind);
const hl7Codes =
  'FullName InventedNamePart ScientificNamePart StrengthPart DoseFormPart FormulationPart IntendedUsePart PopulationPart ContainerPart DevicePart TrademarkOrCompanyPart TimeOrPeriodPart FlavorPart DelimiterPart LegacyNamePart SpeciesNamePart'.split(
    ' ',
  );

describe('the kind of a name part', () => {
  it('is defined for each of EMA’s sixteen terms, by code and by name', () => {
    const terms = Object.entries(emaTerms[list] ?? {});
    expect(terms.map(([code]) => namePartKind({ coding: [{ system: emaList(list), code }] }))).toEqual(kinds);
    expect(terms.map(([, text]) => namePartKind({ text }))).toEqual(kinds);
  });

  it('is defined for each of HL7’s codes', () => {
    expect(hl7Codes.map((code) => namePartKind({ coding: [{ system: hl7, code }] }))).toEqual(kinds);
  });

  it.each([
    [undefined],
    [{}],
    [{ text: 'Trade name' }],
    [{ coding: [{ system: emaList(list), code: '220000000099', display: 'Invented name part' }] }],
    [{ coding: [{ system: hl7, code: 'InventedNamePart' }, { display: 'Strength part' }] }],
    [{ coding: [{ code: 7 }, null], text: 4 }],
  ])('is null for %j', (type) => {
    expect(namePartKind(type as never)).toBeNull();
  });

  it.skipIf(!isPublishedHere)(
    `is defined for nearly all name parts of published records${unlessPublished}`,
    () => {
      const parts = publishedOf('MedicinalProductDefinition').flatMap(({ name }) =>
        name.flatMap(({ part }) => part ?? []),
      );
      const unknown = parts.filter(({ type }) => namePartKind(type) === null);
      expect(parts.length).toBeGreaterThan(200);
      // One record has the text "dose form" with a code that is not one of EMA's.
      expect(unknown.map(({ type }) => type.coding?.[0]?.code)).toEqual(['100000075213']);
    },
  );
});

describe('the brand in a product name', () => {
  const invented = { coding: [{ code: '220000000002' }] };

  it.each([
    [
      'is the invented name part',
      [
        { part: '20 mg', type: { text: 'Strength part' } },
        { part: 'EXAMPLA', type: invented },
      ],
      'EXAMPLA',
    ],
    [
      'is the first invented name part that is not blank',
      [
        { part: ' ', type: invented },
        { part: 'Forta', type: invented },
        { part: 'Duo', type: invented },
      ],
      'Forta',
    ],
    [
      'is undefined without an invented name part',
      [{ part: 'Metformin', type: { text: 'Scientific name part' } }],
      undefined,
    ],
    ['is undefined without name parts', undefined, undefined],
    ['is undefined if the name parts are malformed', [null, { part: 5, type: invented }], undefined],
  ])('%s', (_title, part, expected) => {
    expect(inventedPart({ productName: 'Exampla 20 mg tablets', part } as never)).toBe(expected);
  });
});
