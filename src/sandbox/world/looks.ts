/** The appearance of tablets and capsules as text, chosen by their form and by the number and name of the product. */

import type { ManufacturedItemDefinitionComponent, ManufacturedItemDefinitionProperty } from 'fhir/r5.js';
import { quantity, type Amount } from './elements.js';
import type { ProductSpecification } from './specification.js';
import type { Form } from './terms.js';

interface Looks {
  readonly colours: readonly string[];
  readonly shape: string;
  readonly diameter?: Amount;
  readonly isScored?: boolean;
}

const table: Readonly<Partial<Record<Form, Looks>>> = {
  tablet: { colours: ['White', 'Off-white'], shape: 'Round', diameter: '8 mm', isScored: true },
  'film-coated tablet': {
    colours: ['White', 'Yellow', 'Pink', 'Light blue'],
    shape: 'Oval',
    diameter: '12.5 mm',
    isScored: false,
  },
  'prolonged-release tablet': { colours: ['Beige'], shape: 'Round', isScored: false },
  'effervescent tablet': { colours: ['White'], shape: 'Round', diameter: '25 mm' },
  'capsule, hard': { colours: ['Red and yellow', 'Green'], shape: 'Capsule' },
  'gastro-resistant capsule, hard': { colours: ['Blue and white'], shape: 'Capsule' },
  'capsule, soft': { colours: ['Amber'], shape: 'Oblong' },
};

/** Returns colour, shape and imprint; undefined if the dose form is not in the table. */
export function looksOf(
  { no, brand, strength }: ProductSpecification,
  form: Form,
): ManufacturedItemDefinitionProperty[] | undefined {
  const looks = table[form];
  if (looks === undefined) return undefined;
  const { colours, shape, diameter, isScored } = looks;
  return [
    { type: { text: 'Colour' }, valueCodeableConcept: { text: colours[no % colours.length] } },
    { type: { text: 'Shape' }, valueCodeableConcept: { text: shape } },
    { type: { text: 'Imprint' }, valueMarkdown: imprintOf(brand, strength) },
    ...(diameter === undefined ? [] : [{ type: { text: 'Diameter' }, valueQuantity: quantity(diameter) }]),
    ...(isScored === undefined ? [] : [{ type: { text: 'Score line' }, valueBoolean: isScored }]),
    {
      type: { text: 'Picture' },
      valueAttachment: {
        contentType: 'image/jpeg',
        title: brand,
        url: `https://pms-graphql.example/sandbox/pictures/${no}.jpg`,
      },
    },
  ];
}

/** Returns core and coat of a film-coated tablet; undefined for other forms. */
export function layersOf(form: Form): ManufacturedItemDefinitionComponent[] | undefined {
  if (form !== 'film-coated tablet') return undefined;
  return [
    { type: { text: 'Core' } },
    {
      type: { text: 'Film coat' },
      function: [{ text: 'Protection from light' }],
      property: [{ type: { text: 'Surface' }, valueCodeableConcept: { text: 'Smooth' } }],
    },
  ];
}

/** Returns the imprint: `AV 5` for Avelanta 5 mg. */
function imprintOf(brand: string, strength = ''): string {
  const [number = ''] = /\d+/.exec(strength) ?? [];
  return `${brand.slice(0, 2).toUpperCase()} ${number}`.trim();
}
