/** The fact that compares the whole composition of products: contents, dose form and routes. */
import { ofType } from '../fhir/resources.js';
import type { Fact, JointValues, WholeTest } from './fact.js';
import { compositionOf, type Composition } from './substances/composition.js';
import { isEquivalent, type EquivalenceFilter } from './substances/equivalence.js';

/** Ingredients come first, because reading them also reads the items and the administrable products. */
const subjects = ['ingredient', 'item', 'administrable'] as const;

/** Returns the composition of a product; undefined if some of its contents were not read. */
const of: (...told: Parameters<JointValues['valueIn']>) => Composition | undefined = (product, told) => {
  if (subjects.some((subject) => !told(subject).isWhole)) return undefined;
  return compositionOf({
    product,
    items: ofType('ManufacturedItemDefinition', told('item').records),
    administrables: ofType('AdministrableProductDefinition', told('administrable').records),
    ingredients: ofType('Ingredient', told('ingredient').records),
  });
};

/** Reads the composition of a product from its records. */
export const composition = { with: subjects, of };

export const ofComposition = {
  equivalentTo: {
    askedBy: 'equivalents',
    with: subjects,
    reads: [
      ['MedicinalProductDefinition', ['domain', 'combinedPharmaceuticalDoseForm', 'extension', 'route']],
      ['AdministrableProductDefinition', ['administrableDoseForm', 'routeOfAdministration']],
      ['Ingredient', ['role', 'substance', 'for']],
    ],
    wholeTest: (asked: EquivalenceFilter): WholeTest => {
      const isIt = testFor(asked);
      return (product, told) => isIt(of(product, told));
    },
    together: { valueIn: of, test: testFor },
  },
} satisfies Readonly<Record<string, Fact>>;

function testFor(asked: EquivalenceFilter): (value: unknown) => ReturnType<typeof isEquivalent> {
  return (value) => isEquivalent(asked, value as Composition | undefined);
}
