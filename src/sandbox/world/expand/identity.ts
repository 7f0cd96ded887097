/** The ids of a product's resources, and the references between them. */

import type { Reference } from 'fhir/r5.js';
import { idIn, type Kind, type Series } from '../ids.js';
import { partnerOf, type CompanyName } from '../organizations.js';
import type { Market, ProductSpecification } from '../specification.js';
import type { Activity, AuthorizationStatus, Country, Language } from '../terms.js';

export function productId({ no, authorization }: ProductSpecification, series: Series): string {
  return idIn(series, authorization.isNationalRecord === true ? 'national record' : 'product', no, 0);
}

export function productReference(specification: ProductSpecification, series: Series): Reference {
  return { reference: `MedicinalProductDefinition/${productId(specification, series)}` };
}

const types = {
  package: 'PackagedProductDefinition',
  item: 'ManufacturedItemDefinition',
  administrable: 'AdministrableProductDefinition',
  activity: 'ActivityDefinition',
  document: 'DocumentReference',
} as const satisfies Partial<Record<Kind, string>>;

/** Returns a reference to the `at`-th resource of a kind that belongs to the product. */
export function partReference(
  { no }: ProductSpecification,
  series: Series,
  kind: keyof typeof types,
  at: number,
): Reference {
  return { reference: `${types[kind]}/${idIn(series, kind, no, at)}` };
}

/** Returns the Medicinal Product Identifier (MPID) of ISO IDMP: country, holder and number. */
export function mpid({ no, authorization }: ProductSpecification): string {
  return `${authorization.by}-100900${String(no % 100).padStart(3, '0')}-${String(no).padStart(8, '0')}`;
}

export function splitMarket(market: Market): [Language, Country] {
  return market.split('-') as [Language, Country];
}

/** Returns the member states in which the product has a name. */
export function marketCountries({ markets }: ProductSpecification): Country[] {
  return [...new Set(markets.map((market) => splitMarket(market)[1]))].filter((country) => country !== 'EU');
}

/**
 * Returns the manufacturing steps of a product. If none are specified, a centrally authorized product has the usual
 * steps, and a national record has none.
 */
export function activitiesOf({
  authorization,
  holder,
  category,
  activities,
}: ProductSpecification): readonly (readonly [Activity, CompanyName])[] {
  if (authorization.by !== 'EU' || authorization.isNationalRecord === true) return activities ?? [];
  if (activities !== undefined) return activities;
  return [
    ...(category === 'biological' ? ([['active substance manufacture', holder]] as const) : []),
    ['primary packaging', partnerOf(holder)],
    ['batch certification', holder],
  ];
}

const endings: ReadonlySet<string> = new Set<AuthorizationStatus>([
  'expired',
  'not renewed',
  'withdrawn',
  'revoked',
  'sunset',
  'surrendered',
]);

/** Whether the status means that the product is permanently off the market. */
export function isOver({ authorization: { status = 'valid' } }: ProductSpecification): boolean {
  return isEnding(status);
}

export function isEnding(status: string): boolean {
  return endings.has(status);
}

/** Returns the date since which the authorization has its status. */
export function statusDate({
  authorization: { date, statusDate: since = date },
}: ProductSpecification): string {
  return since;
}
