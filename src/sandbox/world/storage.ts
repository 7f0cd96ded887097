/**
 * Shelf life and storage precautions, before opening and in use, by dose form and product category. They apply to
 * packages that do not specify a shelf life.
 */

import type { Amount } from './elements.js';
import type { PackSpecification, ProductSpecification } from './specification.js';
import type { Form, ShelfLifeType, StoragePrecaution } from './terms.js';

export interface Keeping {
  readonly type: ShelfLifeType;
  readonly period: Amount;
  readonly precautions: readonly StoragePrecaution[];
}

/** Shelf life after opening or reconstitution. */
const inUse: Readonly<Partial<Record<Form, Keeping>>> = {
  'solution for injection in pre-filled pen': opened('28 day', 'not above 30 °C', 'no freezing'),
  'solution for injection in cartridge': opened('28 day', 'not above 30 °C', 'no freezing'),
  'powder for concentrate for solution for infusion': mixed('24 hour', 'refrigerator', 'no freezing'),
  'powder and solvent for solution for injection': mixed('5 hour', 'not above 25 °C'),
  'eye drops, solution': opened('28 day', 'not above 25 °C'),
  'oral suspension': opened('6 month', 'not above 25 °C'),
  syrup: opened('6 month', 'not above 25 °C', 'tightly closed'),
  cream: opened('3 month', 'not above 25 °C'),
  gel: opened('1 year', 'not above 30 °C'),
};

/** Storage precautions for unopened packages that need other precautions than `not above 25 °C`. */
const precautionsByForm: Readonly<Partial<Record<Form, readonly StoragePrecaution[]>>> = {
  'effervescent tablet': ['not above 30 °C', 'tightly closed', 'from moisture'],
  'eye drops, solution in single-dose container': ['refrigerator', 'original package', 'from light'],
  'gastro-resistant capsule, hard': ['not above 25 °C', 'original package', 'from moisture'],
  'orodispersible tablet': ['original package', 'from moisture'],
  'powder and solvent for solution for injection': ['not above 25 °C', 'outer carton', 'from light'],
  'pressurised inhalation, suspension': ['not above 30 °C', 'no freezing'],
};

const coldChain: readonly StoragePrecaution[] = ['refrigerator', 'no freezing', 'outer carton', 'from light'];

/** Returns the shelf life of the unopened package, which is stated at the outer packaging. */
export function unopened(
  { form, category }: ProductSpecification,
  { shelfLife }: PackSpecification,
): Keeping {
  const isCold = category === 'biological' || category === 'immunological';
  return {
    type: category === 'radiopharmaceutical' ? 'from the activity reference time' : 'as packaged for sale',
    period: shelfLife ?? (isCold ? '24 month' : '3 year'),
    precautions: isCold ? coldChain : (precautionsByForm[form] ?? ['not above 25 °C']),
  };
}

/** Returns the shelf life of the content after opening; undefined for products that are used at once. */
export function onceOpened({ form }: ProductSpecification): Keeping | undefined {
  return inUse[form];
}

function opened(period: Amount, ...precautions: readonly StoragePrecaution[]): Keeping {
  return { type: 'after first opening', period, precautions };
}

function mixed(period: Amount, ...precautions: readonly StoragePrecaution[]): Keeping {
  return { type: 'after reconstitution', period, precautions };
}
