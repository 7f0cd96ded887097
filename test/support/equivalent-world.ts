/**
 * Generates products to compare: many are equivalent, some share only some properties, some do not state all. A seed determines the
 * products.
 */
import type { CodeableConcept, IngredientSubstanceStrength, Quantity, Resource } from 'fhir/r5.js';
import { randomOf } from './random-operation.js';

const active = { coding: [{ code: '100000072072' }] };
const excipient = { coding: [{ code: '100000072082' }] };
const marketing = { coding: [{ system: list('220000000060'), code: '220000000061' }] };

export const human = { coding: [{ system: list('100000000004'), code: '100000000012' }] };
export const veterinary = { coding: [{ system: list('100000000004'), code: '100000000013' }] };

function list(code: string): string {
  return `http://spor.ema.europa.eu/v1/lists/${code}`;
}

/** Codes of the Substance Management Service (SMS), by name. */
export const substances = {
  amlodipine: '100000092222',
  'amlodipine besilate': '100000093333',
  'amlodipine maleate': '100000094444',
  valsartan: '100000095555',
  ethinylestradiol: '100000096666',
  insulin: '100000097777',
} as const;
export type SubstanceName = keyof typeof substances;

export interface ActiveOf {
  readonly substance: SubstanceName;
  /** Strength of the substance itself, not of its base. */
  readonly strength?: IngredientSubstanceStrength;
  readonly base?: { readonly substance: SubstanceName; readonly amount?: Quantity };
  /** Whether the substance has a name but no code. */
  readonly isUncoded?: boolean;
  /** Whether the ingredient has no role. */
  readonly isRoleless?: boolean;
}

export interface AuthorizationOf {
  /** Code of the country in EMA's list. */
  readonly country: string;
  readonly status: string;
  readonly number?: string;
}

export interface MedicineOf {
  /** The active substances of each item. An empty list for a placebo, `undefined` for an item without ingredients. */
  readonly items: readonly (readonly ActiveOf[] | undefined)[];
  readonly form?: CodeableConcept | undefined;
  readonly routes?: readonly CodeableConcept[];
  readonly domain?: CodeableConcept | undefined;
  readonly authorizations: readonly AuthorizationOf[];
  /** Whether the package refers to one more item, which does not exist. */
  readonly isBroken?: boolean;
}

export const countries = { DE: '100000000403', FR: '100000000395', SE: '100000000535' } as const;
export const states = { valid: '100000072099', revoked: '100000072121' } as const;

const term = (of: string, code: string): CodeableConcept => ({ coding: [{ system: list(of), code }] });
export const forms = ['100000073664', '100000073365', '100000074064'].map((code) =>
  term('200000000004', code),
);
export const routes = ['100000073619', '100000073633', '100000073551'].map((code) =>
  term('100000073345', code),
);

export const mg = (value: number): Quantity => ({ value, unit: 'mg' });
/** Returns a strength in mg per tablet. */
export const perUnit = (value: number): IngredientSubstanceStrength => ({
  presentationRatio: { numerator: mg(value), denominator: { value: 1, unit: 'tablet' } },
});
export const perMl = (value: number): IngredientSubstanceStrength => ({
  concentrationRatio: { numerator: mg(value), denominator: { value: 1, unit: 'ml' } },
});

function ingredient(id: string, of: string, { substance, strength, base, ...how }: ActiveOf): object {
  const named = (name: SubstanceName): object => ({
    concept: how.isUncoded ? { text: name } : { coding: [{ code: substances[name], display: name }] },
  });
  const reference = base && {
    referenceStrength: [
      { substance: named(base.substance), ...(base.amount && { strengthQuantity: base.amount }) },
    ],
  };
  return {
    resourceType: 'Ingredient',
    id,
    for: [{ reference: `ManufacturedItemDefinition/${of}` }],
    ...(how.isRoleless ? {} : { role: active }),
    substance: {
      code: named(substance),
      ...((strength ?? reference) && { strength: [{ ...strength, ...reference }] }),
    },
  };
}

/** Returns the records of a product: its package, items, ingredients and authorizations. */
export function medicine(id: string, made: MedicineOf): readonly Resource[] {
  const { items, form, routes: given = [], domain, authorizations, isBroken = false } = made;
  const product = [{ reference: `MedicinalProductDefinition/${id}` }];
  const all: readonly object[] = [
    {
      resourceType: 'MedicinalProductDefinition',
      id,
      name: [{ productName: `Product ${id}` }],
      ...(domain && { domain }),
      ...(form && { combinedPharmaceuticalDoseForm: form }),
      ...(given.length > 0 && { route: given }),
    },
    {
      resourceType: 'PackagedProductDefinition',
      id: `pack-${id}`,
      packageFor: product,
      packaging: {
        containedItem: [...items.map((_, at) => String(at)), ...(isBroken ? ['gone'] : [])].map((at) => ({
          item: { reference: { reference: `ManufacturedItemDefinition/item-${id}-${at}` } },
        })),
      },
    },
    ...items.flatMap((actives, at) => {
      const item = `item-${id}-${at}`;
      const inside =
        actives === undefined
          ? []
          : [
              ...actives.map((each, no) => ingredient(`act-${id}-${at}-${no}`, item, each)),
              {
                resourceType: 'Ingredient',
                id: `exc-${id}-${at}`,
                for: [{ reference: `ManufacturedItemDefinition/${item}` }],
                role: excipient,
                substance: { code: { concept: { text: 'Starch' } } },
              },
            ];
      return [{ resourceType: 'ManufacturedItemDefinition', id: item, status: 'active' }, ...inside];
    }),
    ...authorizations.map(({ country, status, number = `N ${id}` }, at) => ({
      resourceType: 'RegulatedAuthorization',
      id: `auth-${id}-${at}`,
      subject: product,
      type: marketing,
      identifier: [{ value: number }],
      region: [term('100000000002', country)],
      status: term('100000072049', status),
    })),
  ];
  return all as readonly Resource[];
}

/** Returns `count` random products, whose ids begin with `m`. */
export function equivalentWorld(seed: number, count: number): readonly Resource[] {
  const random = randomOf(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const chance = (of: number): boolean => random() < of;
  const salts = ['amlodipine besilate', 'amlodipine maleate'] as const;

  const amlodipine = (
    strengthOf: (value: number) => IngredientSubstanceStrength,
    value: number,
  ): ActiveOf => {
    if (chance(0.4)) return { substance: 'amlodipine', strength: chance(0.05) ? {} : strengthOf(value) };
    const salt = { substance: pick(salts), strength: strengthOf(value * 1.39) };
    if (chance(0.1)) return salt;
    return { ...salt, base: { substance: 'amlodipine', ...(chance(0.95) && { amount: mg(value) }) } };
  };
  const plain = (substance: SubstanceName, value: number): ActiveOf => ({
    substance,
    strength: perUnit(value),
    ...(chance(0.05) && { isUncoded: true }),
    ...(chance(0.03) && { isRoleless: true }),
  });
  const tablet = (): MedicineOf['items'] => [[amlodipine(perUnit, pick([5, 10]))]];
  const combination = (): MedicineOf['items'] => [
    [amlodipine(perUnit, 5), plain('valsartan', pick([80, 160]))],
  ];
  const kit = (): MedicineOf['items'] => {
    const items = [
      [plain('ethinylestradiol', pick([1, 2]))],
      ...(chance(0.7) ? [[]] : []),
      ...(chance(0.1) ? [undefined] : []),
    ];
    return chance(0.5) ? items.toReversed() : items;
  };
  const liquid = (): MedicineOf['items'] => [
    [
      {
        substance: 'insulin',
        strength: chance(0.5) ? perMl(pick([5, 10])) : { ...perMl(5), ...perUnit(15) },
      },
    ],
  ];
  const withoutActives = (): MedicineOf['items'] => [[]];

  return Array.from({ length: count }, (_, no) => {
    const kinds = [tablet, tablet, combination, kit, kit, liquid];
    const items = (chance(0.03) ? withoutActives : pick(kinds))();
    const given = chance(0.05) ? [] : chance(0.2) ? [pick(routes), pick(routes)] : [pick(routes)];
    const authorizations = Array.from({ length: 1 + Number(chance(0.3)) }, () => ({
      country: pick(Object.values(countries)),
      status: chance(0.75) ? states.valid : states.revoked,
      ...(chance(0.15) && { number: `EU/1/26/${no}` }),
    }));
    return medicine(`m${String(no).padStart(5, '0')}`, {
      items,
      form: chance(0.05) ? undefined : chance(0.05) ? { text: 'Tablet' } : pick(forms.slice(0, 2)),
      routes: given,
      domain: chance(0.03) ? undefined : chance(0.9) ? human : veterinary,
      authorizations: chance(0.05) ? [] : authorizations,
    });
  }).flat();
}
