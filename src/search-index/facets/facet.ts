/** Facets: how many of the products found have each value of a field. */
import type { CodeableConcept } from 'fhir/r5.js';
import type { ProductFilter } from '../../facts/filter.js';

export const facetFields = [
  'ATC',
  'SUBSTANCE',
  'STRENGTH',
  'DOSE_FORM',
  'ROUTE',
  'HOLDER',
  'COUNTRY',
  'STATUS',
  'MARKETED',
  'LIFECYCLE',
  'LEGAL_STATUS',
  'DOMAIN',
  'KIND',
  'PACK_SIZE',
] as const;

export type FacetField = (typeof facetFields)[number];

export interface FacetQuery {
  readonly fields: readonly FacetField[];
  /** The number of values for each field. Values in the filter are shown in addition. */
  readonly first: number;
  readonly filter: ProductFilter;
  /** Numbers of the products that a text found. All products where it is left out. */
  readonly among?: ReadonlySet<number>;
}

/**
 * The values of one field among the products that meet the rest of the filter. Every such product counts for a shown
 * value, or in `other`, or in `missing`.
 */
export interface Facet {
  readonly field: FacetField;
  /** The most frequent first, then by value. With classes, each level follows those above it. */
  readonly values: readonly FacetValue[];
  /** The number of values, shown or not. */
  readonly distinct: number;
  /** The number of products that have values, but none of those shown. */
  readonly other: number;
  /** The number of products without a value, or with none that a filter could ask for. */
  readonly missing: number;
}

export interface FacetValue {
  /** A value for the filter. Together with the rest of the filter it finds `count` products. */
  readonly value: string;
  /** The name in most records, in whatever language; null where they have none. */
  readonly name: string | null;
  /** The name with its codes, for clients that have names of their own; undefined without codes. */
  readonly concept: CodeableConcept | undefined;
  readonly count: number;
  /** Whether the filter asks for this value. */
  readonly selected: boolean;
  /** The value of the class above; null except for ATC classes. */
  readonly parent: string | null;
}
