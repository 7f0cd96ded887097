/** Facts: the properties of a product that filters can test, and the records that state them. */
import type { FhirResource, ResourceOf, ResourceType } from '../fhir/resources.js';
import type { FilterPart, ProductFilter } from './filter.js';
import { anyOf, type Verdict } from './verdict.js';

/** The kinds of records that a fact can be read from: the product, or records that belong to the product. */
export type Subject =
  | 'product'
  | 'authorization'
  /** The organization that holds the product's authorization. */
  | 'holder'
  | 'package'
  /** The product and its packages. */
  | 'supply'
  | 'item'
  | 'administrable'
  | 'ingredient'
  /** The product, if it states routes itself; otherwise its administrable products. */
  | 'route'
  | 'maker'
  | 'clinicalUse'
  /** The authorizations that determine the product's life-cycle state. */
  | 'standing';

/** The elements that must be read for a fact, by resource type. */
export type Reads = readonly (readonly [ResourceType, readonly string[]])[];

type Product = ResourceOf<'MedicinalProductDefinition'>;

/**
 * Tests whether a record has the value of the filter. Undefined if the record is missing, or does not clearly state
 * the value.
 * @param key the key of the record
 * @param product the record's product, if the fact reads it
 */
export type Test = (resource: FhirResource | undefined, key: string, product?: FhirResource) => Verdict;

/** All records of one kind that belong to the product, and whether all of them were read. */
export interface SubjectRecords {
  readonly records: readonly FhirResource[];
  readonly isWhole: boolean;
}

/** Tests a product by all its records together. */
export type WholeTest = (product: Product, told: (subject: Subject) => SubjectRecords) => Verdict;

/** A fact that a single record states. A product matches if at least one of its records passes the test. */
export interface RecordFact {
  readonly of: Subject;
  readonly reads: Reads;
  test(asked: never, filter: ProductFilter): Test;
  /** Set if the tested record is the one that this record refers to: the holder of an authorization. */
  readonly at?: 'holder';
  /** With `at`: a further test of the record that contains the reference. */
  readonly where?: Test;
  /** Other parts of the filter that change the meaning of this test. */
  readonly looksAt?: readonly FilterPart[];
  /** The group of this part. All parts of one group must match the same record. */
  readonly group?: 'authorization' | 'package' | 'ingredient';
  /**
   * The fact that is used if the filter has no other part of the group. Parts with the same `event` do not count as
   * other parts.
   */
  readonly alone?: WholeFact | { readonly of: Subject };
  /** An event that several parts of the filter test independently, namely the product's first authorization. */
  readonly event?: 'firstAuthorized';
  /** Set if a value matches only as a whole, so that an index can look it up. */
  readonly exact?: Exact;
  /** How the values of a record are read. This does not depend on the filter. */
  readonly told?: RecordValues;
}

/** Reads the values of a record, and tests them. */
export interface RecordValues {
  /** The function that reads the values. It is the same for all facts that read the same values. */
  readonly by: unknown;
  /**
   * Returns the values of a record; undefined if the record does not clearly state them.
   * @param record a record that has at least the elements of the fact
   * @param product the record's product, if the fact reads it
   */
  valuesIn(record: FhirResource, product?: FhirResource): readonly unknown[] | undefined;
  /**
   * Returns a function that tests values.
   * @param values undefined if the record does not clearly state them
   */
  test(asked: never, filter: ProductFilter): (values: readonly unknown[] | undefined) => Verdict;
}

/**
 * Values that match only as a whole. The values of the record and of the filter are both converted to tokens. They
 * match if they have a token in common.
 */
export interface Exact {
  /** Returns the tokens of a record; undefined if the record does not clearly state the values. */
  tokensOf(record: FhirResource): readonly (string | NotTold)[] | undefined;
  tokensFor(asked: never): readonly string[];
}

/** A fact that is computed from all records of the product of some kinds together. */
export interface WholeFact {
  readonly with: readonly Subject[];
  readonly reads: Reads;
  wholeTest(asked: never, filter: ProductFilter): WholeTest;
  /** How the value is computed that these records state together. This does not depend on the filter. */
  readonly together?: JointValues;
  /** The name of the GraphQL field that sets this part, if clients cannot set it in a filter. */
  readonly askedBy?: string;
  /**
   * Whether the filter's value must occur in some record, so that a misspelt value is reported as a mistake.
   * Otherwise, a filter for products without a misspelt substance would match all products.
   */
  isDoubtful?(asked: never): boolean;
  /**
   * Searches the records of all products for other names of the filter's value. Returns a more exact test; undefined
   * if the records state no other names.
   */
  testBy?(asked: never, records: readonly FhirResource[]): WholeTest | undefined;
}

/** Computes one value, as plain data, from all records of the product of some kinds, and tests it. */
export interface JointValues {
  /** Returns the value; undefined if the records do not clearly state it. */
  valueIn(product: Product, told: (subject: Subject) => SubjectRecords): unknown;
  test(asked: never): (value: unknown) => Verdict;
}

export type Fact = RecordFact | WholeFact;

/**
 * A row of the table of facts. `Asked` is the type of a filter's value, and `Value` is the type of a record's value.
 */
interface Row<Type extends ResourceType, Asked, Value> extends Pick<
  RecordFact,
  'group' | 'alone' | 'looksAt'
> {
  readonly of: Subject;
  readonly type: Type;
  readonly elements: readonly string[];
  /** Returns the values of the record; undefined if the record does not clearly state them. */
  values(record: ResourceOf<Type>): readonly (Value | NotTold)[] | undefined;
  /**
   * Returns a function that tests one value of a record. Its result is undefined if the value does not decide whether
   * the record matches.
   */
  meets(asked: Asked, filter: ProductFilter): (value: Value) => Verdict;
  /** Set if a record's value matches exactly when it has a token in common with the filter's value. */
  readonly exact?: {
    tokensOf(value: Value): readonly string[];
    tokensFor(asked: Asked): readonly string[];
  };
}

/** Represents a value that the record states but that cannot be read. */
export const notTold = Symbol('not told');
export type NotTold = typeof notTold;

/** Creates a fact that compares each value of a record. One match is enough. */
export function valueFact<Type extends ResourceType, Asked, Value>(row: Row<Type, Asked, Value>): RecordFact {
  const { type, elements: names, values, meets, exact, ...rest } = row;
  const toldValues: RecordValues = {
    by: values,
    valuesIn: (record) => (record.resourceType === type ? values(record as ResourceOf<Type>) : undefined),
    test(asked, filter) {
      const isIt = meets(asked as Asked, filter);
      return (all) =>
        all && anyOf(all.map((value) => (value === notTold ? undefined : isIt(value as Value))));
    },
  };
  return {
    ...rest,
    ...(exact && {
      exact: {
        tokensOf(record) {
          if (record.resourceType !== type) return undefined;
          return values(record as ResourceOf<Type>)?.flatMap((value): readonly (string | NotTold)[] =>
            value === notTold ? [notTold] : exact.tokensOf(value as Value),
          );
        },
        tokensFor: (asked: never) => exact.tokensFor(asked as Asked),
      },
    }),
    reads: [[type, names]],
    told: toldValues,
    test(asked: never, filter) {
      const isIt = toldValues.test(asked, filter);
      return (resource) => (resource ? isIt(toldValues.valuesIn(resource)) : undefined);
    },
  };
}
