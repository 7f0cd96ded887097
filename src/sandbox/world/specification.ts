/** The short notation in which sample products are written. */

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
  /** Number of the product. All its ids are derived from it, and products are listed in its order. */
  readonly no: number;
  readonly brand: string;
  /** The strength in the product name: `5 mg`. */
  readonly strength?: string;
  readonly form: Form;
  /** Whether the dose form is in the R5 element or in EMA's extension. @default 'element' */
  readonly formIn?: 'element' | 'extension';
  readonly atc: AtcName;
  /** Category of the product. @default 'chemical' */
  readonly category?: Category;
  readonly holder: CompanyName;
  readonly authorization: Authorization;
  /** Languages and countries of the names, in the order of names. Countries of one language share a name. */
  readonly markets: readonly Market[];
  readonly recordStatus?: keyof typeof recordStatuses;
  /** Legal status of supply. @default 'prescription' */
  readonly supply?: Supply;
  readonly indication?: string;
  readonly remarks?: Remarks;
  readonly particulars?: Particulars;
  /** Routes in the MedicinalProductDefinition itself. Most records have routes only in the AdministrableProductDefinition. */
  readonly ownRoutes?: readonly Route[];
  /** Ingredients as texts in the MedicinalProductDefinition itself. Most records have only Ingredient resources. */
  readonly ownIngredients?: readonly string[];
  /** Types and languages of the product's documents. */
  readonly documents?: readonly (readonly [DocumentType, Language])[];
  readonly items: readonly ItemSpecification[];
  readonly administered: readonly AdministeredSpecification[];
  readonly packs: readonly PackSpecification[];
  /** Public manufacturing steps. If absent, a central product has the usual steps. */
  readonly activities?: readonly (readonly [Activity, CompanyName])[];
  readonly quirks?: readonly QuirkName[];
}

/** Texts that only few records have. */
export interface Remarks {
  readonly description?: string;
  readonly monitoring?: string;
  readonly measures?: readonly string[];
}

/** Elements that only few records have. */
export interface Particulars {
  readonly impurities?: readonly SubstanceName[];
  /** Ids of the reference products, or names of products that are not in the register. */
  readonly isGenericOf?: readonly string[];
  /** Characteristics of the product, as texts. */
  readonly traits?: readonly string[];
  /** Whether the MedicinalProductDefinition refers to the items. @default false */
  readonly areItemsNamed?: boolean;
  /** Names of the devices in the box. */
  readonly devices?: readonly string[];
  /** Other things in the box, as texts. */
  readonly extras?: readonly string[];
  /** Global pharmaceutical product identifier (WHO-UMC's PhPID) of the administrable product. */
  readonly phpid?: string;
}

/** Language and country of a name: `sv-SE`. */
export type Market = `${Language}-${Country}`;

export interface Authorization {
  readonly by: Authority;
  /** Marketing authorization number: `EU/1/24/1801`, or a national number. */
  readonly number: string;
  /** The records that have a marketing authorization number. @default 'both' */
  readonly on?: 'product' | 'packages' | 'both';
  /** Procedure number: `EMEA/H/C/005101` or `SE/H/1234/001`. */
  readonly procedure?: string;
  /** Type of the authorization. @default 'marketing' */
  readonly type?: 'marketing' | 'parallel trade';
  /** Date on which the authorization was granted. */
  readonly date: string;
  /**
   * The element that has the date: the period of validity (and the procedure, if there is one), or only the procedure. @default
   * 'validity'
   */
  readonly dateIn?: 'validity' | 'procedure' | 'nowhere';
  /** End of the period of validity, for an authorization that its status has not ended. */
  readonly validUntil?: string;
  /** Whether the record has a region. @default true */
  readonly isRegionTold?: boolean;
  /** Status of the authorization. `unknown` is a term that is in no EMA list. @default 'valid' */
  readonly status?: AuthorizationStatus | 'unknown';
  /** Date since which the authorization has its status. @default the date of the grant */
  readonly statusDate?: string;
  /** Further authorizations of the product: in other countries, or of other companies. */
  readonly others?: readonly OtherAuthorization[];
  /** Number of an orphan designation of the product: `EU/3/22/1234`. */
  readonly orphan?: string;
  /** Whether this is the record of a central authorization for one member state. Its id begins with 7000. */
  readonly isNationalRecord?: boolean;
}

export interface OtherAuthorization {
  readonly by: Country;
  readonly number: string;
  readonly date: string;
  readonly status: AuthorizationStatus;
  /** Date since which the authorization has its status. @default the date of the grant */
  readonly statusDate?: string;
  /** Type of the authorization. @default 'marketing' */
  readonly type?: keyof typeof authorizationTypes;
  /** The holder of the authorization. @default the holder of the product */
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
  /** Strength per unit of presentation, or per the stated amount. */
  readonly strength?: Strength;
  /** Strength per volume. The administrable product then has its own Ingredient with this strength. */
  readonly concentration?: Strength;
  /** Amount that is not per unit or volume (R5's `presentationQuantity`). */
  readonly amount?: Strength;
  /** The reference substance, and the strength in terms of it. */
  readonly reference?: readonly [SubstanceName, Strength];
  /** The records that the Ingredient belongs to. @default 'item and administrable' */
  readonly for?: 'item' | 'administrable' | 'product' | 'item and administrable' | 'all';
}

export interface AdministeredSpecification {
  /** Indexes of the items that the administrable product is made from. If absent, all items. */
  readonly from?: readonly number[];
  /** Dose form of the administrable product. If absent, that of the first item. */
  readonly form?: Form;
  readonly unit?: Presentation;
  readonly routes: readonly Route[];
}

export interface PackSpecification {
  readonly text: string;
  /** Language of the text. @default 'en' */
  readonly language?: Language;
  /** The contents of the package: `28 tablet`. Empty if the source does not state them. */
  readonly sizes: readonly Strength[];
  readonly packaging: PackagingSpecification;
  readonly marketing?: Marketing;
  /** Marketing status by country, if known. */
  readonly sold?: readonly Sale[];
  /** Shelf life of the unopened package. If absent, the usual shelf life of such a product. */
  readonly shelfLife?: Amount;
}

/** Marketing status of a package in a country, with its period. A country may have several. */
export interface Sale {
  readonly in: Country;
  readonly status: Marketing;
  readonly from?: string;
  readonly to?: string;
  /** Date on which the package is expected to be available again. */
  readonly restore?: string;
  /** Whether there is a risk of shortage, if stated. */
  readonly isAtRisk?: boolean;
}

export interface PackagingSpecification {
  readonly type: Wrapping;
  /** Number of packagings of this type. @default 1 */
  readonly quantity?: number;
  readonly materials?: readonly Material[];
  /** Index of each item inside, and its amount in each packaging. */
  readonly items?: readonly (readonly [item: number, amount: Strength])[];
  readonly inside?: readonly PackagingSpecification[];
}

/** A product with a single item has these fields instead of `items` and `administered`. */
type SingleItem = Omit<ProductSpecification, 'items' | 'administered'> & {
  readonly unit: Presentation;
  /** Dose form of the item. If absent, that of the product. */
  readonly itemForm?: Form;
  readonly administeredForm?: Form;
  readonly administeredUnit?: Presentation;
  readonly routes: readonly Route[];
  readonly contains: readonly IngredientSpecification[];
};

/** Returns a product with a single item, which is administered as it is or after dilution. */
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

/**
 * Returns the record that one member state has for a central authorization. It has another id and other names, but
 * the same numbers.
 */
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

/** Returns excipients. They belong to the item only, as in most records. */
export function excipients(...names: readonly SubstanceName[]): IngredientSpecification[] {
  return names.map((substance) => ({ role: 'excipient', substance, for: 'item' }));
}

export function solvent(substance: SubstanceName, strength: Strength): IngredientSpecification {
  return { role: 'solvent', substance, strength, for: 'item' };
}

export function adjuvant(substance: SubstanceName, strength: Strength): IngredientSpecification {
  return { role: 'adjuvant', substance, strength };
}

/** Returns a box of blisters, such as 28 tablets in blisters of 14. */
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

/** Returns a box of containers. Each container has one unit of the first item. */
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
