/** Tasks about given products, or about all products. */
import type { DocumentReference, Ingredient, PackagedProductDefinitionPackaging, Quantity } from 'fhir/r5.js';
import { roleOf } from '../filter-truth/ingredients.js';
import { codesIn, textsIn, valuesOf } from '../filter-truth/words.js';
import { kindOf } from '../filter-truth/authorizations.js';
import { all, each, idOf, joined, line } from './lines.js';
import type { Task } from './task.js';

/** Common symbols for the names of units in EMA's list. */
const unitsByName: Readonly<Record<string, string>> = { 'millimetre(s)': 'mm', 'milligram(s)': 'mg' };

function plain(amount: Quantity | undefined): string {
  return amount ? `${amount.value} ${unitsByName[amount.unit ?? ''] ?? amount.unit}` : '';
}

const mine = ['600000000001', '600000000010', '600000000028', '600000000054'];

export const pageTasks: readonly Task[] = [
  {
    no: 20,
    who: 'cross-border pharmacist',
    wants: 'the equivalent of a foreign pack on my market',
    operation: 'equivalents',
    variables: { country: ['Germany'] },
    read: (data) => each(data, 'product.equivalents.nodes').map(idOf),
    expected: ({ products }) =>
      products({
        actives: {
          all: [
            { substance: 'valsartan', strength: '160 mg' },
            { substance: 'hydrochlorothiazide', strength: '12.5 mg' },
          ],
          only: true,
        },
        country: ['Germany'],
        lifecycle: ['AUTHORIZED'],
      }).filter((id) => id !== '600000000041'),
    large: {
      everything: 'refused: over 500',
      search: 'marked: NOT_ALL_SEARCHABLE',
      include: 'marked: NOT_ALL_SEARCHABLE',
    },
  },
  {
    no: 23,
    who: 'any app',
    wants: 'the whole product page',
    operation: 'product-page',
    read: (data) => [
      line(
        all(data, 'product.names.text'),
        all(data, 'product.doseForm.text'),
        all(data, 'product.atc.code'),
        all(data, 'product.marketingAuthorization.number'),
        all(data, 'product.activeSubstances.code'),
      ),
      ...each(data, 'product.packages.nodes').map((pack) => line(idOf(pack), all(pack, 'description'))),
    ],
    expected({ family }) {
      const { product, packs, ingredients, own } = family('600000000003');
      const classes = (product.classification ?? []).flatMap(({ coding = [] }) => coding);
      return [
        line(
          joined(product.name.map(({ productName }) => productName)),
          joined(textsIn(product.combinedPharmaceuticalDoseForm).slice(0, 1)),
          joined(classes.flatMap(({ system, code }) => (/atc/.test(system ?? '') ? (code ?? []) : []))),
          joined(
            own.filter((each) => kindOf(each) === 'MARKETING').flatMap((each) => numberOf(each.identifier)),
          ),
          joined(activesIn(ingredients).flatMap(({ substance }) => codesIn(substance.code.concept))),
        ),
        ...packs.map(({ id, description }) => line(id, description)),
      ];
    },
  },
  {
    no: 24,
    who: 'patient app',
    wants: 'leaflet and SmPC by language',
    operation: 'leaflets',
    read: (data) =>
      each(data, 'product.attachedDocuments').map((document) =>
        line(
          all(document, 'title'),
          all(document, 'language.iso'),
          all(document, 'url'),
          all(document, 'type.text'),
        ),
      ),
    expected: ({ family, resources }) => {
      const named = new Set(
        (family('600000000002').product.attachedDocument ?? []).map(({ reference }) => reference),
      );
      return resources
        .filter((each) => each.resourceType === 'DocumentReference')
        .filter(({ id }) => named.has(`DocumentReference/${id}`))
        .flatMap((each) => {
          const { content, type } = each as DocumentReference;
          return content.flatMap(({ attachment: { title, language, url } }) =>
            language === 'sv' ? [line(title, language, url, joined(textsIn(type).slice(0, 1)))] : [],
          );
        });
    },
  },
  {
    no: 25,
    who: 'allergy checker',
    wants: 'the excipients of all medicines on my list',
    operation: 'excipients-of-my-medicines',
    read: (data) =>
      each(data, 'products.nodes').map((node) =>
        line(idOf(node), all(node, 'ingredients.nodes.substance.code')),
      ),
    expected: ({ family }) =>
      mine.map((id) => {
        const excipients = family(id).ingredients.filter((each) => roleOf(each) === 'EXCIPIENT');
        return line(id, joined(excipients.flatMap(({ substance }) => codesIn(substance.code.concept))));
      }),
  },
  {
    no: 26,
    who: 'carer',
    wants: 'what the tablet looks like',
    operation: 'what-it-looks-like',
    read: (data) =>
      each(data, 'product.manufacturedItems').flatMap((item) =>
        each(item, 'characteristics').map((told) =>
          line(all(told, 'type.text'), all(told, 'text'), all(told, 'boolean'), all(told, 'image.url')),
        ),
      ),
    expected: ({ family }) =>
      family('600000000001').items.flatMap(({ property = [] }) =>
        property.map((told) => {
          const { valueQuantity: amount, valueAttachment: picture, valueBoolean } = told;
          const text =
            told.valueCodeableConcept?.text ??
            told.valueMarkdown ??
            (amount ? plain(amount) : (picture?.title ?? ''));
          return line(told.type.text, text, valueBoolean ?? '', picture?.url ?? '');
        }),
      ),
  },
  {
    no: 27,
    who: 'hospital store',
    wants: 'storage and shelf life',
    operation: 'storage-conditions',
    read: (data) =>
      each(data, 'product.packages.nodes').map((pack) =>
        line(
          idOf(pack),
          joined([
            ...each(pack, 'packaging.shelfLives.text'),
            ...each(pack, 'packaging.packaging.shelfLives.text'),
          ]),
          joined([
            ...each(pack, 'packaging.shelfLives.specialPrecautions.text'),
            ...each(pack, 'packaging.packaging.shelfLives.specialPrecautions.text'),
          ]),
        ),
      ),
    expected: ({ family }) =>
      family('600000000005').packs.map(({ id, packaging }) => {
        const lives = livesIn(packaging);
        return line(
          id,
          joined(lives.flatMap(({ periodDuration }) => spell(periodDuration))),
          joined(
            lives.flatMap(({ specialPrecautionsForStorage = [] }) =>
              specialPrecautionsForStorage.flatMap((each) => textsIn(each).slice(0, 1)),
            ),
          ),
        );
      }),
  },
  {
    no: 28,
    who: 'clinician',
    wants: 'indications, contraindications, undesirable effects with frequency',
    operation: 'clinical-uses',
    read: (data) =>
      each(data, 'product.clinicalUses').map((use) =>
        line(
          all(use, 'useKind'),
          all(use, 'disease.text'),
          all(use, 'effect.text'),
          all(use, 'frequency.text'),
        ),
      ),
    expected: ({ family }) =>
      family('600000000001').uses.map(({ type, indication, undesirableEffect }) =>
        line(
          type.toUpperCase().replace('-', '_'),
          joined(textsIn(indication?.diseaseSymptomProcedure?.concept).slice(0, 1)),
          joined(textsIn(undesirableEffect?.symptomConditionEffect?.concept).slice(0, 1)),
          joined(textsIn(undesirableEffect?.frequencyOfOccurrence).slice(0, 1)),
        ),
      ),
  },
  {
    no: 30,
    who: 'dose checker',
    wants: 'most in a day, most at once, by route',
    operation: 'dose-limits',
    read: (data) =>
      each(data, 'product.administrableProducts.administrationRoutes').map((route) =>
        line(all(route, 'code.text'), all(route, 'maxSingleDose.text'), all(route, 'maxDosePerDay.text')),
      ),
    expected: ({ family }) =>
      family('600000000001').administrables.flatMap(({ routeOfAdministration }) =>
        routeOfAdministration.map(({ code, maxSingleDose, maxDosePerDay }) =>
          line(joined(textsIn(code).slice(0, 1)), plain(maxSingleDose), plain(maxDosePerDay)),
        ),
      ),
  },
  {
    no: 33,
    who: 'vocabulary builder',
    wants: 'all products, actives, strengths in units that compute (UCUM), form',
    operation: 'vocabulary',
    read: (data) =>
      each(data, 'products.nodes').map((node) =>
        line(
          idOf(node),
          all(node, 'ingredients.nodes.substance.code'),
          joined(
            each(node, 'ingredients.nodes.strengths')
              .flatMap((strength) => [
                ...each(strength, 'presentation.numerator'),
                ...each(strength, 'concentration.numerator'),
                ...each(strength, 'references.strength.numerator'),
              ])
              .map((amount) => `${all(amount, 'value')} ${all(amount, 'ucum')}`),
          ),
        ),
      ),
    expected: ({ families }) =>
      families.map(({ product, ingredients }) =>
        line(
          product.id,
          joined(activesIn(ingredients).flatMap(({ substance }) => codesIn(substance.code.concept))),
          joined(activesIn(ingredients).flatMap(amountsOf).map(computed)),
        ),
      ),
  },
  {
    no: 36,
    who: 'app in 24 languages',
    wants: 'every text in the reader’s language, with a fallback',
    operation: 'leaflet-header',
    variables: { id: '600000000009', language: 'pt' },
    read: (data) => [
      line(
        all(data, 'product.name'),
        all(data, 'product.doseForm.label.text'),
        all(data, 'product.doseForm.label.language'),
        all(data, 'product.doseForm.label.fallback'),
        all(data, 'product.activeSubstances.name'),
      ),
    ],
    // The terms of the sample data are in English only.
    expected({ family }) {
      const { product, ingredients } = family('600000000009');
      const portuguese = product.name.filter(({ usage = [] }) =>
        usage.some(({ language }) => textsIn(language).some((text) => /^(pt|portuguese)/i.test(text))),
      );
      return [
        line(
          joined(portuguese.map(({ productName }) => productName)),
          joined(textsIn(product.combinedPharmaceuticalDoseForm).slice(0, 1)),
          'en',
          true,
          joined(
            activesIn(ingredients).flatMap(({ substance }) => textsIn(substance.code.concept).slice(0, 1)),
          ),
        ),
      ];
    },
  },
];

function activesIn(ingredients: readonly Ingredient[]): readonly Ingredient[] {
  return ingredients.filter((each) => roleOf(each) === 'ACTIVE');
}

function amountsOf({ substance: { strength = [] } }: Ingredient): readonly Quantity[] {
  return strength
    .flatMap((each) => [
      each.presentationRatio?.numerator,
      each.presentationQuantity,
      each.concentrationRatio?.numerator,
      each.concentrationQuantity,
      ...(each.referenceStrength ?? []).map(
        ({ strengthRatio, strengthQuantity }) => strengthRatio?.numerator ?? strengthQuantity,
      ),
    ])
    .flatMap((quantity) => quantity ?? []);
}

/** UCUM codes of EMA's units. */
const ucum: Readonly<Record<string, string>> = {
  '100000110653': 'kg',
  '100000110654': 'g',
  '100000110655': 'mg',
  '100000110656': 'ug',
  '100000110662': 'mL',
  '100000110665': 'MBq',
  '100000110671': '[iU]',
  '100000110782': "[D'ag'U]",
};

function computed({ value, code = '', system = '' }: Quantity): string {
  return `${value} ${system.includes('unitsofmeasure') ? code : (ucum[code] ?? '')}`;
}

function numberOf(identifiers: Parameters<typeof valuesOf>[0]): readonly string[] {
  return valuesOf(identifiers).slice(0, 1);
}

function livesIn(packaging: PackagedProductDefinitionPackaging | undefined) {
  return [packaging, ...(packaging?.packaging ?? [])].flatMap((each) => each?.shelfLifeStorage ?? []);
}

/** Returns the duration with its unit, in the plural if needed: `24 months`. */
function spell(duration: Quantity | undefined): readonly string[] {
  if (!duration) return [];
  const unit = (duration.unit ?? '').replace(/\W.*$/, '').toLowerCase();
  return [`${duration.value} ${unit}${duration.value === 1 ? '' : 's'}`];
}
