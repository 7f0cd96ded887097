/** Several codes of one list as codings of one concept are several values, and all of them are returned. */
import type { CodeableConcept } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { AdministrableProduct } from '../../../../src/graphql/schema/types/administrable-product.js';
import { clinicalUseOf, Interaction } from '../../../../src/graphql/schema/types/clinical-use.js';
import type { Concept } from '../../../../src/graphql/schema/types/concept.js';
import { Ingredient } from '../../../../src/graphql/schema/types/ingredient.js';
import { Package } from '../../../../src/graphql/schema/types/package.js';
import { Product } from '../../../../src/graphql/schema/types/product.js';
import { eachValue } from '../../../../src/terms/contradictions.js';
import { emaList, held, inEnglish } from '../../../support/views.js';

const list = (id: string) => emaList(id);
const coded = (...codes: string[]): CodeableConcept => ({
  coding: codes.map((code) => ({ system: list('100000000000'), code, display: `text of ${code}` })),
});
/** One value, coded in two code lists. */
const twice: CodeableConcept = {
  coding: [
    { system: list('100000000000'), code: 'a' },
    { system: 'http://snomed.info/sct', code: '1' },
  ],
};
const codeOf = (concept: Concept | null): string | null => concept?.code ?? null;

const product = (content: object) =>
  new Product(held({ resourceType: 'MedicinalProductDefinition', id: 'p', ...content }));
const pack = (content: object) =>
  new Package(held({ resourceType: 'PackagedProductDefinition', id: 'k', ...content }));
const ingredient = (content: object) =>
  new Ingredient(held({ resourceType: 'Ingredient', id: 'i', ...content }));

describe('a list element with two codes of one code list', () => {
  it.each<[string, (value: CodeableConcept) => readonly (string | null)[]]>([
    [
      'route',
      (code) =>
        new AdministrableProduct(
          held({
            resourceType: 'AdministrableProductDefinition',
            id: 'a',
            routeOfAdministration: [{ code, targetSpecies: [{ code: coded('dog') }] }],
          }),
        ).administrationRoutes.map((each) => {
          expect(each.targetSpecies.map(codeOf)).toEqual(['dog']);
          return codeOf(each.code);
        }),
    ],
    [
      'target species',
      (code) =>
        new AdministrableProduct(
          held({
            resourceType: 'AdministrableProductDefinition',
            id: 'a',
            routeOfAdministration: [{ code: coded('oral'), targetSpecies: [{ code }] }],
          }),
        ).administrationRoutes.flatMap((each) => each.targetSpecies.map(codeOf)),
    ],
    [
      'marketing status',
      (status) =>
        pack({ marketingStatus: [{ country: coded('SE'), status }] }).marketingStatuses.map((each) => {
          expect(codeOf(each.country)).toBe('SE');
          return codeOf(each.status);
        }),
    ],
    [
      'country of a marketing status',
      (country) =>
        product({ marketingStatus: [{ country, restoreDate: '2026-01' }] }).marketingStatuses.map((each) => {
          expect(each.restoreDate).toBe('2026-01');
          return codeOf(each.country);
        }),
    ],
    [
      'jurisdiction of a marketing status',
      (jurisdiction) =>
        product({ marketingStatus: [{ jurisdiction }] }).marketingStatuses.map((each) =>
          codeOf(each.jurisdiction),
        ),
    ],
    [
      'legal status of supply',
      (code) =>
        pack({ legalStatusOfSupply: [{ code, jurisdiction: coded('SE') }] }).legalStatusesOfSupply.map(
          (each) => {
            expect(codeOf(each.jurisdiction)).toBe('SE');
            return codeOf(each.code);
          },
        ),
    ],
    [
      'jurisdiction of a legal status of supply',
      (jurisdiction) =>
        pack({ legalStatusOfSupply: [{ code: coded('rx'), jurisdiction }] }).legalStatusesOfSupply.map(
          (each) => codeOf(each.jurisdiction),
        ),
    ],
    [
      'material of a packaging',
      (material) => (pack({ packaging: { material: [material] } }).packaging?.materials ?? []).map(codeOf),
    ],
    [
      'storage',
      (each) =>
        (
          pack({ packaging: { shelfLifeStorage: [{ specialPrecautionsForStorage: [each] }] } }).packaging
            ?.shelfLives ?? []
        ).flatMap(({ specialPrecautions }) => specialPrecautions.map(codeOf)),
    ],
    [
      'type of a shelf life',
      (type) =>
        (
          pack({ packaging: { shelfLifeStorage: [{ type, periodString: '3 years' }] } }).packaging
            ?.shelfLives ?? []
        ).map((each) => {
          expect(each.text({}, inEnglish)).toBe('3 years');
          return codeOf(each.type);
        }),
    ],
    [
      'country of a name',
      (country) =>
        (
          product({ name: [{ productName: 'x', usage: [{ country, language: coded('sv') }] }] }).names[0]
            ?.usages ?? []
        ).map((each) => {
          expect(codeOf(each.language)).toBe('sv');
          return codeOf(each.country);
        }),
    ],
    [
      'language of a name',
      (language) =>
        (product({ name: [{ productName: 'x', usage: [{ language }] }] }).names[0]?.usages ?? []).map(
          (each) => codeOf(each.language),
        ),
    ],
    [
      'contact',
      (type) =>
        product({ contact: [{ type, contact: { display: 'Ann' } }] }).contacts.map((each) => {
          expect(each.name).toBe('Ann');
          return codeOf(each.type);
        }),
    ],
    [
      'operation',
      (concept) =>
        product({ operation: [{ type: { concept }, effectiveDate: { start: '2020' } }] }).operations.map(
          (each) => {
            expect(each.effectiveDate?.start).toBe('2020');
            return each.operation.type?.concept?.coding?.[0]?.code ?? null;
          },
        ),
    ],
    [
      'interactant',
      (itemCodeableConcept) => {
        const use = clinicalUseOf(
          held({
            resourceType: 'ClinicalUseDefinition',
            id: 'u',
            type: 'interaction',
            interaction: { interactant: [{ itemCodeableConcept }] },
          }),
        );
        return use instanceof Interaction ? use.interactants.map((each) => codeOf(each.concept)) : [];
      },
    ],
    ['class', (each) => product({ classification: [each] }).classifications.map(codeOf)],
    ['special measure', (each) => product({ specialMeasures: [each] }).specialMeasures.map(codeOf)],
    ['function of an ingredient', (each) => ingredient({ function: [each] }).function.map(codeOf)],
    [
      'country of a strength',
      (each) =>
        ingredient({ substance: { strength: [{ country: [each] }] } }).strengths.flatMap(({ countries }) =>
          countries.map(codeOf),
        ),
    ],
    [
      'substance',
      (concept) =>
        ingredient({ substance: { code: { concept } } }).substances.map((each) => codeOf(each.concept)),
    ],
  ])('becomes two values, or one value if both codes are equal: %s', (_name, read) => {
    expect(read(coded('a', 'b'))).toEqual(['a', 'b']);
    expect(read(coded('a', 'a'))).toEqual(['a']);
    expect(read(twice)).toEqual(['a']);
    expect(read(coded('a'))).toEqual(['a']);
  });

  it('becomes one value for each pair of its countries and statuses', () => {
    const { marketingStatuses } = pack({
      marketingStatus: [{ country: coded('DE', 'AT'), status: coded('a', 'b') }],
    });
    expect(marketingStatuses.map(({ country, status }) => [codeOf(country), codeOf(status)])).toEqual([
      ['DE', 'a'],
      ['DE', 'b'],
      ['AT', 'a'],
      ['AT', 'b'],
    ]);
  });

  it('stays one value, marked as a conflict, if it would become thousands of values', () => {
    const many = Array.from({ length: 60 }, (_each, at) => `c${at}`);
    const { marketingStatuses } = pack({
      marketingStatus: [{ country: coded(...many), status: coded(...many) }],
    });
    expect(marketingStatuses).toHaveLength(1);
    expect(marketingStatuses[0]?.country?.codings).toHaveLength(60);
    expect(marketingStatuses[0]?.country?.label({}, inEnglish)?.conflict).toBe(true);
  });

  it('is read even if another element beside the codes is unreadable', () => {
    const element = {
      code: coded('a', 'b'),
      get jurisdiction(): CodeableConcept {
        throw new TypeError('not what FHIR has there');
      },
    };
    const each = eachValue(element, 'code', 'jurisdiction');
    expect(each.map(({ code }) => code.coding?.[0]?.code)).toEqual(['a', 'b']);
    expect(() => each[0]?.jurisdiction).toThrow(TypeError);
  });
});

describe('a single value with two codes of one code list', () => {
  it.each<[string, Concept | null]>([
    ['dose form', product({ combinedPharmaceuticalDoseForm: coded('a', 'b') }).doseForm],
    [
      'authorised dose form',
      product({
        extension: ['a', 'b'].map((code) => ({
          url: 'http://ema.europa.eu/fhir/extension/authorisedDoseForm',
          valueCoding: coded(code).coding?.[0],
        })),
      }).doseForm,
    ],
    ['legal status of supply', product({ legalStatusOfSupply: coded('a', 'b') }).legalStatusOfSupply],
    ['role', ingredient({ role: coded('a', 'b') }).role],
    ['type of a packaging', pack({ packaging: { type: coded('a', 'b') } }).packaging?.type ?? null],
    [
      'type of a name part',
      product({ name: [{ part: [{ part: 'x', type: coded('a', 'b') }] }] }).names[0]?.parts[0]?.type ?? null,
    ],
  ])('has the texts of both codes: %s', (_name, concept) => {
    expect(concept?.codings.map(({ code }) => code)).toEqual(['a', 'b']);
    expect(concept?.label({}, inEnglish)).toMatchObject({ text: 'text of a / text of b', conflict: true });
  });

  it('is null as a kind, because a kind is one enum value', () => {
    const role = (...codes: string[]) => ({
      coding: codes.map((code) => ({ system: list('100000072050'), code })),
    });
    expect(ingredient({ role: role('100000072072', '100000072082') }).roleKind).toBeNull();
    expect(ingredient({ role: role('100000072072', '100000072072') }).roleKind).toBe('ACTIVE');
  });
});
