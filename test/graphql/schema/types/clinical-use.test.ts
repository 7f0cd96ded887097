/** Clinical uses of every kind, and without a kind. */
import { describe, expect, it } from 'vitest';
import {
  clinicalUseOf,
  Contraindication,
  Indication,
  Interaction,
  OtherClinicalUse,
  UndesirableEffect,
  Warning,
  type ClinicalUse,
} from '../../../../src/graphql/schema/types/clinical-use.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../../support/published.js';
import { held, inEnglish } from '../../../support/views.js';

const use = (content: object): ClinicalUse =>
  clinicalUseOf(held({ resourceType: 'ClinicalUseDefinition', id: 'c1', ...content }));
const said = (text: string) => ({ concept: { text } });
const text = (concept: { text(args: object, context: typeof inEnglish): string | null } | null | undefined) =>
  concept?.text({}, inEnglish);

describe('a clinical use', () => {
  it('may be an indication, which has a disease', () => {
    const indication = use({
      type: 'indication',
      category: [{ text: 'Adults' }],
      status: { text: 'current' },
      indication: {
        diseaseSymptomProcedure: said('Depression'),
        diseaseStatus: said('severe'),
        comorbidity: [said('Gout')],
        intendedEffect: said('to treat'),
      },
    });
    if (!(indication instanceof Indication)) throw new Error('it is no indication');
    expect([
      indication.useKind,
      text(indication),
      text(indication.disease),
      text(indication.diseaseStatus),
      text(indication.intendedEffect),
    ]).toEqual(['INDICATION', 'Depression', 'Depression', 'severe', 'to treat']);
    expect([indication.comorbidities, indication.categories].map((each) => each.map(text))).toEqual([
      ['Gout'],
      ['Adults'],
    ]);
    expect(text(indication.status)).toBe('current');
    expect(indication.id).toBe('ClinicalUse:c1');
  });

  it('may be a contraindication', () => {
    const contraindication = use({
      type: 'contraindication',
      contraindication: {
        diseaseSymptomProcedure: { reference: { display: 'Pregnancy' } },
        comorbidity: [{}],
      },
    });
    if (!(contraindication instanceof Contraindication)) throw new Error('it is no contraindication');
    expect([text(contraindication), contraindication.comorbidities, contraindication.diseaseStatus]).toEqual([
      'Pregnancy',
      [],
      null,
    ]);
  });

  it('may be an interaction, whose interactant is coded or a reference', () => {
    const interaction = use({
      type: 'interaction',
      interaction: {
        interactant: [
          { itemCodeableConcept: { text: 'Grapefruit' } },
          { itemReference: { reference: 'Substance/9', display: 'Alcohol' } },
          {},
        ],
        type: { text: 'food' },
        effect: said('Increased exposure'),
        incidence: { text: 'common' },
        management: [{ text: 'Avoid' }],
      },
    });
    if (!(interaction instanceof Interaction)) throw new Error('it is no interaction');
    expect(
      interaction.interactants.map((each) => [each.name({}, inEnglish), each.reference, text(each.concept)]),
    ).toEqual([
      ['Grapefruit', null, 'Grapefruit'],
      ['Alcohol', 'Substance/9', undefined],
      [null, null, undefined],
    ]);
    expect(
      [
        interaction,
        interaction.type,
        interaction.effect,
        interaction.incidence,
        interaction.management[0],
      ].map(text),
    ).toEqual(['Increased exposure', 'food', 'Increased exposure', 'common', 'Avoid']);
  });

  it('may be an undesirable effect', () => {
    const effect = use({
      type: 'undesirable-effect',
      undesirableEffect: {
        symptomConditionEffect: said('Headache'),
        classification: { text: 'mild' },
        frequencyOfOccurrence: { text: 'rare' },
      },
    });
    if (!(effect instanceof UndesirableEffect)) throw new Error('it is no undesirable effect');
    expect([effect, effect.effect, effect.classification, effect.frequency].map(text)).toEqual([
      'Headache',
      'Headache',
      'mild',
      'rare',
    ]);
  });

  it('may be a warning, as a text or as a code', () => {
    const warning = use({ type: 'warning', warning: { description: 'Keep dry.', code: { text: 'W1' } } });
    if (!(warning instanceof Warning)) throw new Error('it is no warning');
    expect([text(warning), warning.description({}, inEnglish), text(warning.code)]).toEqual([
      'Keep dry.',
      'Keep dry.',
      'W1',
    ]);
    expect(text(use({ type: 'warning', warning: { code: { text: 'W1' } } }))).toBe('W1');
  });

  it('of an unknown type has the kind OTHER and no text', () => {
    const other = use({ type: 'dosage', indication: { diseaseSymptomProcedure: said('Depression') } });
    expect(other).toBeInstanceOf(OtherClinicalUse);
    expect([other.useKind, text(other)]).toEqual(['OTHER', null]);
  });

  it.each(['indication', 'contraindication', 'interaction', 'undesirable-effect', 'warning'])(
    'of type %s without content has no text',
    (type) => {
      expect(text(use({ type }))).toBeNull();
    },
  );

  it.skipIf(!isPublishedHere)(
    `has a kind and a text in every published ClinicalUseDefinition${unlessPublished}`,
    () => {
      const told = publishedOf('ClinicalUseDefinition').map((resource) => clinicalUseOf(held(resource)));
      expect(told.map(text).sort()).toEqual([
        'Bezafibrat',
        'Diabetis Mellitus',
        'Diabetis Mellitus',
        'Hypertension',
        'Hypertension',
        'METHOTREXATE',
        'nan',
      ]);
      expect(new Set(told.map(({ useKind }) => useKind))).toEqual(
        new Set(['CONTRAINDICATION', 'INDICATION', 'INTERACTION']),
      );
    },
  );
});
