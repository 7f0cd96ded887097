/** Facets: the number of matching products for each value of a field. */
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
  /** The number of values that are returned for each field. Values in the filter are returned in addition. */
  readonly first: number;
  readonly filter: ProductFilter;
  /** The numbers of the products that a text search found; undefined for all products. */
  readonly among?: ReadonlySet<number>;
}

/**
 * The values of one field among the products that meet all other parts of the filter. Each of these products counts
 * for a returned value, in `other`, or in `missing`.
 */
export interface Facet {
  readonly field: FacetField;
  /**
   * The most frequent values come first; equally frequent values are sorted by value. ATC classes are returned level
   * by level, from the top.
   */
  readonly values: readonly FacetValue[];
  /** The number of all values, including those that are not returned. */
  readonly distinct: number;
  /** The number of products that have values, but none of the returned values. */
  readonly other: number;
  /** The number of products without a value, or with only values that no filter accepts. */
  readonly missing: number;
}

export interface FacetValue {
  /** The value in the form that the filter accepts. With the other parts of the filter, it finds `count` products. */
  readonly value: string;
  /** The name that most records state for the value, in any language; null if no record states a name. */
  readonly name: string | null;
  /** The name with its codes, for clients that have their own names for codes; undefined if there are no codes. */
  readonly concept: CodeableConcept | undefined;
  readonly count: number;
  /** Whether the filter contains this value. */
  readonly selected: boolean;
  /** The ATC class above this one; null at the top level, and for all other fields. */
  readonly parent: string | null;
}
