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

/** The elements that a fact reads, by resource type. */
export type Reads = readonly (readonly [ResourceType, readonly string[]])[];

type Product = ResourceOf<'MedicinalProductDefinition'>;

/**
 * Whether a record has the value of the filter. Undefined if the record is missing, or does not state it clearly.
 * @param key the key of the record
 * @param product the record's product, if the fact reads it
 */
export type Test = (resource: FhirResource | undefined, key: string, product?: FhirResource) => Verdict;

/** The product's records of one kind, and whether all of them were read. */
export interface SubjectRecords {
  readonly records: readonly FhirResource[];
  readonly isWhole: boolean;
}

/** Tests a product by all records that belong to it. */
export type WholeTest = (product: Product, told: (subject: Subject) => SubjectRecords) => Verdict;

/** A fact that single records state. A product matches if any of its records passes the test. */
export interface RecordFact {
  readonly of: Subject;
  readonly reads: Reads;
  test(asked: never, filter: ProductFilter): Test;
  /** Set if the test is for a record that this record refers to: an authorization's holder. */
  readonly at?: 'holder';
  /** With `at`: a further test, for the referring record. */
  readonly where?: Test;
  /** Other parts of the filter that change the meaning of the test. */
  readonly looksAt?: readonly FilterPart[];
  /** All parts of one group must match the same record. */
  readonly group?: 'authorization' | 'package' | 'ingredient';
  /**
   * The fact to use if the filter has no other part of the group. Parts of the same `event` do not count as other
   * parts.
   */
  readonly alone?: WholeFact | { readonly of: Subject };
  /** The event that several parts of the filter test independently: the product's first authorization. */
  readonly event?: 'firstAuthorized';
  /** Set if values match only as a whole, so that an index can look them up. */
  readonly exact?: Exact;
  /** How to read the values of a record, independently of the filter. */
  readonly told?: RecordValues;
}

/** Reads the values of a record, and tests the values. */
export interface RecordValues {
  /** The function that reads the values. Facts that read the same values share the function. */
  readonly by: unknown;
  /**
   * Returns the values of a record; undefined if the record does not state them clearly.
   * @param record a record with at least the elements that the fact reads
   * @param product the record's product, if the fact reads it
   */
  valuesIn(record: FhirResource, product?: FhirResource): readonly unknown[] | undefined;
  /**
   * Returns a test of values.
   * @param values undefined if the record does not state them clearly
   */
  test(asked: never, filter: ProductFilter): (values: readonly unknown[] | undefined) => Verdict;
}

/** Values that match only as a whole. Record and filter are each turned into tokens, and match if they share one. */
export interface Exact {
  /** Returns the tokens of a record; undefined if the record does not state the values clearly. */
  tokensOf(record: FhirResource): readonly (string | NotTold)[] | undefined;
  tokensFor(asked: never): readonly string[];
}

/** A fact that is read from all of the product's records of some kinds together. */
export interface WholeFact {
  readonly with: readonly Subject[];
  readonly reads: Reads;
  wholeTest(asked: never, filter: ProductFilter): WholeTest;
  /** How to read the one value that these records state together, independently of the filter. */
  readonly together?: JointValues;
  /** The name of the GraphQL field that sets this part, if clients cannot set it in the filter. */
  readonly askedBy?: string;
  /**
   * Whether the filter's value must exist in some record. Every product is without a misspelt substance, so a value
   * that excludes no product counts as a mistake.
   */
  isDoubtful?(asked: never): boolean;
  /**
   * Searches the records of all products for other names of the filter's value. Returns a more precise test; undefined
   * if the records have no other names.
   */
  testBy?(asked: never, records: readonly FhirResource[]): WholeTest | undefined;
}

/** Reads one value, as plain data, from all of the product's records of some kinds, and tests the value. */
export interface JointValues {
  /** Returns the value; undefined if the records do not state it clearly. */
  valueIn(product: Product, told: (subject: Subject) => SubjectRecords): unknown;
  test(asked: never): (value: unknown) => Verdict;
}

export type Fact = RecordFact | WholeFact;

/** A row of the table of facts. `Asked` is the type of the filter's value, and `Value` the type of a record's value. */
interface Row<Type extends ResourceType, Asked, Value> extends Pick<
  RecordFact,
  'group' | 'alone' | 'looksAt'
> {
  readonly of: Subject;
  readonly type: Type;
  readonly elements: readonly string[];
  /** Returns the values of the record; undefined if the record does not state them clearly. */
  values(record: ResourceOf<Type>): readonly (Value | NotTold)[] | undefined;
  /** Returns a test for one value of a record. The test returns undefined if the value does not decide the result. */
  meets(asked: Asked, filter: ProductFilter): (value: Value) => Verdict;
  /** Set if a value of a record matches exactly when it shares a token with the filter's value. */
  readonly exact?: {
    tokensOf(value: Value): readonly string[];
    tokensFor(asked: Asked): readonly string[];
  };
}

/** Stands for a value that the record has, but that cannot be read. */
export const notTold = Symbol('not told');
export type NotTold = typeof notTold;

/** Makes a fact that compares each value of a record; one match suffices. */
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
