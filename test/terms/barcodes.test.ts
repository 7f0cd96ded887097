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
    ['a GTIN-14', '05012345678900'],
    ['an EAN-13', '5012345678900'],
    ['an EAN-13 with blanks', '5 012345 678900'],
    ['an EAN-13 with hyphens', '501-2345-678900'],
    ['a GS1 string', `01${gtin}17280131`],
    ['a GS1 string with a separator', `01${gtin}21SERIAL1${gs1Separator}1728013110A1`],
    ['a GS1 string without a separator', `01${gtin}172801311012345`],
    ['a GS1 string with expiry date and batch before the GTIN', `1728013110A1${gs1Separator}01${gtin}`],
    ['a GS1 string with the symbology prefix of a scanner', `]d201${gtin}10A1`],
    ['a GS1 string that begins with a separator', `${gs1Separator}01${gtin}10A1`],
    ['a GS1 string with a needless separator', `17280131${gs1Separator}01${gtin}`],
    ['a GS1 string with the separator written as <GS>', `10A1<GS>01${gtin}`],
    ['a GS1 string with brackets', `(01)${gtin}(17)280131(10)A1`],
    ['a GS1 string with brackets and the expiry date first', `(17)280131(01) ${gtin}`],
  ])('is recognized as %s', (_what, text) => {
    expect(gtinOf(text)).toBe(gtin);
    expect(foldBarcode(text)).toBe(gtin);
  });

  it.each([
    ['GTIN-8', '96385074', '00000096385074'],
    ['UPC-A', '036000291452', '00036000291452'],
  ])('of the type %s is padded to 14 digits', (_what, text, whole) => {
    expect(gtinOf(text)).toBe(whole);
    expect(barcodeSpellingsOf(whole)).toContain(text);
  });

  it.each([
    ['a number with a wrong check digit', '5012345678901'],
    ['a GS1 string with a wrong check digit', '010501234567890117280131'],
    ['a number of 11 digits', '501234567890'.slice(0, 11)],
    ['a number of zeros', '00000000000000'],
    ['a GS1 string without a GTIN', `10A1${gs1Separator}17280131`],
    ['a GS1 string whose batch has no end', `10A101${gtin}`],
    ['a GS1 string with the GTIN of the contents of a case', `02${gtin}37000010`],
    ['a GS1 string with too few digits', '01050123456789'],
    ['a word', 'Imatara'],
    ['an empty text', ''],
    ['separators alone', gs1Separator.repeat(3)],
  ])('is not recognized in %s', (_what, text) => {
    expect(gtinOf(text)).toBeUndefined();
    expect(barcodeSpellingsOf(text)).toEqual([]);
  });

  it('in a record may be a whole GS1 string or the number alone', () => {
    expect([`01${gtin}10A1`, gtin, gtin.slice(1)].map(isElementString)).toEqual([true, false, false]);
  });

  it('that is no GTIN is compared like other identifiers', () => {
    expect(foldBarcode(' 11 ab 12\u001D ')).toBe('11AB12');
  });

  it('is searched for upstream in all its lengths', () => {
    expect(barcodeSpellingsOf(`01${gtin}10A1`)).toEqual(['05012345678900', '5012345678900']);
  });
});

describe('the bar codes of a package', () => {
  it('are read from all levels of its packaging, and from its identifiers with a system for bar codes', () => {
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
