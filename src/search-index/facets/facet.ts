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
  /** Values wanted of each, but for those that the filter asks for, which are shown in any case. */
  readonly first: number;
  readonly filter: ProductFilter;
  /** Numbers of the products that are looked among: those that a text finds. All where it is left out. */
  readonly among?: ReadonlySet<number>;
}

/**
 * The values of one field among the products that meet the filter without the part of that field. Those that count for a
 * value that is shown, `other`, and `missing` are all of them, each product once.
 */
export interface Facet {
  readonly field: FacetField;
  /** The most frequent first; of equals by their values. Of classes each level behind those above. */
  readonly values: readonly FacetValue[];
  /** How many values there are, shown or not. */
  readonly distinct: number;
  /** Products that have a value, and none of those shown. */
  readonly other: number;
  /** Products that tell no value, or none that a filter could ask for. */
  readonly missing: number;
}

export interface FacetValue {
  /** Goes into the filter: what it finds then, beside the rest of the filter, are `count` products. */
  readonly value: string;
  /** As most records have it, in whatever language; null where they tell none. */
  readonly name: string | null;
  /** The same with its codes, for whoever knows their names; undefined where it has none. */
  readonly concept: CodeableConcept | undefined;
  readonly count: number;
  /** Whether the filter asks for it. */
  readonly selected: boolean;
  /** The value of the class above, of an ATC class. */
  readonly parent: string | null;
}
