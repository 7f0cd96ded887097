/** The short form in which a product of the sample world is written. */

import type { Amount, Strength } from './elements.js';
import type { Authority, CompanyName } from './organizations.js';
import type { QuirkName } from './quirks.js';
import type { SubstanceName } from './substances.js';
import type {
  Activity,
  AtcName,
  AuthorizationStatus,
  Category,
  Country,
  DocumentType,
  Form,
  Language,
  Marketing,
  Material,
  Presentation,
  Role,
  Route,
  Supply,
  Wrapping,
  authorizationTypes,
  recordStatuses,
} from './terms.js';

export interface ProductSpecification {
  /** All ids derive from it; the smaller, the earlier in any list. */
  readonly no: number;
  readonly brand: string;
  /** As the name tells it, `5 mg`. */
  readonly strength?: string;
  readonly form: Form;
  /** Where the dose form stands: in the R5 element, or in EMA's extension. @default 'element' */
  readonly formIn?: 'element' | 'extension';
  readonly atc: AtcName;
  /** @default 'chemical' */
  readonly category?: Category;
  readonly holder: CompanyName;
  readonly authorization: Authorization;
  /** The first one's name comes first; names of one language are one name. */
  readonly markets: readonly Market[];
  readonly recordStatus?: keyof typeof recordStatuses;
  /** @default 'prescription' */
  readonly supply?: Supply;
  readonly indication?: string;
  readonly remarks?: Remarks;
  readonly particulars?: Particulars;
  /** Routes that the product itself tells; most leave them to what is administered. */
  readonly ownRoutes?: readonly Route[];
  /** What the product itself says is in it, in words; most leave that to the ingredients. */
  readonly ownIngredients?: readonly string[];
  /** What can be read about it, by language. */
  readonly documents?: readonly (readonly [DocumentType, Language])[];
  readonly items: readonly ItemSpecification[];
  readonly administered: readonly AdministeredSpecification[];
  readonly packs: readonly PackSpecification[];
  /** What is public of how it is made; the usual steps of a central product, if absent. */
  readonly activities?: readonly (readonly [Activity, CompanyName])[];
  readonly quirks?: readonly QuirkName[];
}

/** What few records tell, in the words that they tell it in. */
export interface Remarks {
  readonly description?: string;
  readonly monitoring?: string;
  readonly measures?: readonly string[];
}

/** What only few records tell. */
export interface Particulars {
  readonly impurities?: readonly SubstanceName[];
  /** Ids of products, or names of such as are not in the register. */
  readonly isGenericOf?: readonly string[];
  /** What the product is like, in words. */
  readonly traits?: readonly string[];
  /** Whether the record of the product itself names its items. @default false */
  readonly areItemsNamed?: boolean;
  /** Devices in the box. */
  readonly devices?: readonly string[];
  /** What else is in the box, in words. */
  readonly extras?: readonly string[];
  /** The global identifier of what is given (WHO-UMC’s PhPID). */
  readonly phpid?: string;
}

/** A language and the country where the name is used, `sv-SE`. */
export type Market = `${Language}-${Country}`;

export interface Authorization {
  readonly by: Authority;
  /** `EU/1/24/1801`, or a national number. */
  readonly number: string;
  /** What carries numbers. @default 'both' */
  readonly on?: 'product' | 'packages' | 'both';
  /** Procedure number, `EMEA/H/C/005101` or `SE/H/1234/001`. */
  readonly procedure?: string;
  /** @default 'marketing' */
  readonly type?: 'marketing' | 'parallel trade';
  /** When it was granted. */
  readonly date: string;
  /** What tells that date: the period of validity (and the procedure, where there is one), or the latter alone. @default 'validity' */
  readonly dateIn?: 'validity' | 'procedure' | 'nowhere';
  /** When a validity ends that has not been ended by its status. */
  readonly validUntil?: string;
  /** Whether the record tells where it holds. @default true */
  readonly isRegionTold?: boolean;
  /** `unknown` is one that is of no list. @default 'valid' */
  readonly status?: AuthorizationStatus | 'unknown';
  /** Since when it has that status. @default when it was granted */
  readonly statusDate?: string;
  /** Those that the same product has in other countries, or that other companies have for it. */
  readonly others?: readonly OtherAuthorization[];
  /** Number of an orphan designation of the same product, `EU/3/22/1234`. */
  readonly orphan?: string;
  /** A record of the same authorization for one member state; its id starts with 7000. */
  readonly isNationalRecord?: boolean;
}

export interface OtherAuthorization {
  readonly by: Country;
  readonly number: string;
  readonly date: string;
  readonly status: AuthorizationStatus;
  /** @default when it was granted */
  readonly statusDate?: string;
  /** @default 'marketing' */
  readonly type?: keyof typeof authorizationTypes;
  /** @default that of the product */
  readonly holder?: CompanyName;
}

export interface ItemSpecification {
  readonly form: Form;
  readonly unit: Presentation;
  readonly ingredients: readonly IngredientSpecification[];
}

export interface IngredientSpecification {
  readonly role: Role;
  readonly substance: SubstanceName;
  /** Per unit of presentation, unless it says per what. */
  readonly strength?: Strength;
  /** Per volume; then the administrable product has an ingredient of its own, which tells this. */
  readonly concentration?: Strength;
  /** An amount that is per nothing (R5's `presentationQuantity`). */
  readonly amount?: Strength;
  /** The substance and strength that the dose is told in. */
  readonly reference?: readonly [SubstanceName, Strength];
  /** @default 'item and administrable' */
  readonly for?: 'item' | 'administrable' | 'product' | 'item and administrable' | 'all';
}

export interface AdministeredSpecification {
  /** Indexes of the items it is made of; all, if absent. */
  readonly from?: readonly number[];
  /** Of the first item, if absent. */
  readonly form?: Form;
  readonly unit?: Presentation;
  readonly routes: readonly Route[];
}

export interface PackSpecification {
  readonly text: string;
  /** Of the text. @default 'en' */
  readonly language?: Language;
  /** How many of what, `28 tablet`; none where the source does not tell. */
  readonly sizes: readonly Strength[];
  readonly packaging: PackagingSpecification;
  readonly marketing?: Marketing;
  /** The same, country by country, where that is known. */
  readonly sold?: readonly Sale[];
  /** How long it keeps unopened; what is usual for such a product, if absent. */
  readonly shelfLife?: Amount;
}

/** Whether a pack is sold in a country, and how long; a country may have several lines. */
export interface Sale {
  readonly in: Country;
  readonly status: Marketing;
  readonly from?: string;
  readonly to?: string;
  /** When it is expected to be there again. */
  readonly restore?: string;
  /** Whether it may run short, where that is told. */
  readonly isAtRisk?: boolean;
}

export interface PackagingSpecification {
  readonly type: Wrapping;
  /** @default 1 */
  readonly quantity?: number;
  readonly materials?: readonly Material[];
  /** Which item, and how many of it, lie in each. */
  readonly items?: readonly (readonly [item: number, amount: Strength])[];
  readonly inside?: readonly PackagingSpecification[];
}

/** What a product of a single item tells instead of `items` and `administered`. */
type SingleItem = Omit<ProductSpecification, 'items' | 'administered'> & {
  readonly unit: Presentation;
  /** The product's own form, if absent. */
  readonly itemForm?: Form;
  readonly administeredForm?: Form;
  readonly administeredUnit?: Presentation;
  readonly routes: readonly Route[];
  readonly contains: readonly IngredientSpecification[];
};

/** A product of a single item, which is given as it is or after dilution. */
export function single({
  unit,
  itemForm,
  administeredForm,
  administeredUnit,
  routes,
  contains,
  ...product
}: SingleItem): ProductSpecification {
  return {
    ...product,
    items: [{ form: itemForm ?? product.form, unit, ingredients: contains }],
    administered: [
      {
        routes,
        ...(administeredForm === undefined ? {} : { form: administeredForm }),
        ...(administeredUnit === undefined ? {} : { unit: administeredUnit }),
      },
    ],
  };
}

/** The record that one member state keeps of the same authorization: other id and names, same numbers. */
export function nationalRecord(
  product: ProductSpecification,
  { no, markets }: Pick<ProductSpecification, 'no' | 'markets'>,
): ProductSpecification {
  return { ...product, no, markets, authorization: { ...product.authorization, isNationalRecord: true } };
}

type Details = Omit<IngredientSpecification, 'role' | 'substance'>;

export function active(
  substance: SubstanceName,
  strength: Strength,
  details: Details = {},
): IngredientSpecification {
  return { role: 'active', substance, strength, ...details };
}

/** An excipient belongs to the item alone, as in most records. */
export function excipients(...names: readonly SubstanceName[]): IngredientSpecification[] {
  return names.map((substance) => ({ role: 'excipient', substance, for: 'item' }));
}

export function solvent(substance: SubstanceName, strength: Strength): IngredientSpecification {
  return { role: 'solvent', substance, strength, for: 'item' };
}

export function adjuvant(substance: SubstanceName, strength: Strength): IngredientSpecification {
  return { role: 'adjuvant', substance, strength };
}

/** A box of blisters: `28 tablet` in blisters of 14. */
export function blisters(count: number, each: number, unit: Presentation = 'tablet'): PackSpecification {
  return {
    text: `${count} ${unit}s in blisters of ${each}`,
    sizes: [`${count} ${unit}`],
    packaging: box({
      type: 'blister',
      quantity: count / each,
      materials: ['PVC', 'aluminium'],
      items: [[0, `${each} ${unit}`]],
    }),
  };
}

/** A box of containers that hold one unit of the first item each. */
export function boxOf(
  count: number,
  type: Wrapping,
  unit: Presentation,
  ...containerMaterials: readonly Material[]
): PackSpecification {
  return {
    text: `${count} ${type}${count === 1 ? '' : 's'}`,
    sizes: [`${count} ${unit}`],
    packaging: box({ type, quantity: count, materials: containerMaterials, items: [[0, `1 ${unit}`]] }),
  };
}

export function box(...inside: readonly PackagingSpecification[]): PackagingSpecification {
  return { type: 'box', materials: ['cardboard'], inside };
}
