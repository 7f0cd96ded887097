/** Bar codes: all spellings of a code are equal, and a code with a wrong check digit is no bar code. */
import { describe, expect, it } from 'vitest';
import {
  barcodesOf,
  barcodeSpellingsOf,
  foldBarcode,
  gs1Separator,
  gtinOf,
  isElementString,
} from '../../src/terms/barcodes.js';

const gtin = '05012345678900';

describe('a bar code', () => {
  it.each([
    ['GTIN-14', '05012345678900'],
    ['EAN-13', '5012345678900'],
    ['with blanks, as it is printed', '5 012345 678900'],
    ['with hyphens', '501-2345-678900'],
    ['a GS1 string', `01${gtin}17280131`],
    ['with a separator', `01${gtin}21SERIAL1${gs1Separator}1728013110A1`],
    ['without a separator', `01${gtin}172801311012345`],
    ['behind date and batch', `1728013110A1${gs1Separator}01${gtin}`],
    ['behind what a scanner says of the symbol', `]d201${gtin}10A1`],
    ['behind a separator', `${gs1Separator}01${gtin}10A1`],
    ['behind a needless separator', `17280131${gs1Separator}01${gtin}`],
    ['with the separator as it is shown', `10A1<GS>01${gtin}`],
    ['as people read it', `(01)${gtin}(17)280131(10)A1`],
    ['in brackets behind others', `(17)280131(01) ${gtin}`],
  ])('is recognized: %s', (_what, text) => {
    expect(gtinOf(text)).toBe(gtin);
    expect(foldBarcode(text)).toBe(gtin);
  });

  it.each([
    ['GTIN-8', '96385074', '00000096385074'],
    ['UPC-A', '036000291452', '00036000291452'],
  ])('of %s is padded to 14 digits', (_what, text, whole) => {
    expect(gtinOf(text)).toBe(whole);
    expect(barcodeSpellingsOf(whole)).toContain(text);
  });

  it.each([
    ['a wrong check digit', '5012345678901'],
    ['a wrong check digit in a GS1 string', '010501234567890117280131'],
    ['another length', '501234567890'.slice(0, 11)],
    ['noughts', '00000000000000'],
    ['a batch alone', `10A1${gs1Separator}17280131`],
    ['a batch of unknown length before it', `10A101${gtin}`],
    ['the items in a case, which are others', `02${gtin}37000010`],
    ['too few digits', '01050123456789'],
    ['a word', 'Imatara'],
    ['nothing', ''],
    ['separators', gs1Separator.repeat(3)],
  ])('is not recognized: %s', (_what, text) => {
    expect(gtinOf(text)).toBeUndefined();
    expect(barcodeSpellingsOf(text)).toEqual([]);
  });

  it('may be a whole GS1 string, or only the number', () => {
    expect([`01${gtin}10A1`, gtin, gtin.slice(1)].map(isElementString)).toEqual([true, false, false]);
  });

  it('that is not a GTIN is compared like other numbers', () => {
    expect(foldBarcode(' 11 ab 12\u001D ')).toBe('11AB12');
  });

  it('is searched for in all its lengths', () => {
    expect(barcodeSpellingsOf(`01${gtin}10A1`)).toEqual(['05012345678900', '5012345678900']);
  });
});

describe('the bar codes of a package', () => {
  it('are at any depth of its packaging, and among its numbers if their system is one for bar codes', () => {
    const system = 'http://ema.europa.eu/fhir/dataCarrierIdentifier';
    expect(
      barcodesOf({
        identifier: [
          { system, value: 'own' },
          { system: 'http://ema.europa.eu/fhir/pcId', value: 'EU-1' },
        ],
        packaging: {
          identifier: [{ value: 'outer' }, { value: ' ' }],
          packaging: [{}, { packaging: [{ identifier: [{ system, value: 'inner' }] }] }],
        },
      }),
    ).toEqual(['own', 'outer', 'inner']);
  });

  it('are none if the record is malformed', () => {
    const odd = { identifier: 7, packaging: { identifier: [null, 7, { value: 7 }], packaging: 'x' } };
    expect(barcodesOf(odd as never)).toEqual([]);
    expect(barcodesOf({ packaging: null } as never)).toEqual([]);
  });
});
