/** Facts: the properties of a product that filters can ask for, and the records that state them. */
import type { FhirResource, ResourceOf, ResourceType } from '../fhir/resources.js';
import type { FilterPart, ProductFilter } from './filter.js';
import { anyOf, type Verdict } from './verdict.js';

/** The kinds of records that facts are read from: the product itself, or records that belong to it. */
export type Subject =
  | 'product'
  | 'authorization'
  /** The organization that may sell the product. */
  | 'holder'
  | 'package'
  /** The product and its packages. */
  | 'supply'
  | 'item'
  | 'administrable'
  | 'ingredient'
  /** The product, for its own routes; where it has none, its administrable products. */
  | 'route'
  | 'maker'
  | 'clinicalUse'
  /** The authorizations that decide the product's state. */
  | 'standing';

/** Elements that are read, by the type of the record. */
export type Reads = readonly (readonly [ResourceType, readonly string[]])[];

type Product = ResourceOf<'MedicinalProductDefinition'>;

/**
 * Whether a record has the value asked for; undefined where it leaves that open, or is missing.
 * @param product the record's product, where that is read
 */
export type Test = (resource: FhirResource | undefined, key: string, product?: FhirResource) => Verdict;

/** The records of one subject, and whether they are complete. */
export interface SubjectRecords {
  readonly records: readonly FhirResource[];
  readonly isWhole: boolean;
}

/** Tests a product by all records that belong to it. */
export type WholeTest = (product: Product, told: (subject: Subject) => SubjectRecords) => Verdict;

/** A fact of single records. It holds where any of them passes. */
export interface RecordFact {
  readonly of: Subject;
  readonly reads: Reads;
  test(asked: never, filter: ProductFilter): Test;
  /** Set where the test is of a record that this one refers to: an authorization’s holder. */
  readonly at?: 'holder';
  /** A further test of the record itself, with `at`. */
  readonly where?: Test;
  /** Other parts of the filter that the test reads: their values change its meaning. */
  readonly looksAt?: readonly FilterPart[];
  /** Parts of one group must hold of the same record. */
  readonly group?: 'authorization' | 'package' | 'ingredient';
  /** The fact to use where the filter has no other part of the group, except for parts of the same `event`. */
  readonly alone?: WholeFact | { readonly of: Subject };
  /** The event that several parts ask about independently: when the product was first authorized. */
  readonly event?: 'firstAuthorized';
  /** Set where values are compared as a whole, so that they can be looked up. */
  readonly exact?: Exact;
  /** How to read the values, independent of the question. */
  readonly told?: RecordValues;
}

/** Reads the values of a record, and tests them. */
export interface RecordValues {
  /** The same function for all facts that read the same values. */
  readonly by: unknown;
  /**
   * @param record with the elements that are read, at least
   * @param product that it belongs to, where that is read
   */
  valuesIn(record: FhirResource, product?: FhirResource): readonly unknown[] | undefined;
  /** @param values undefined where the record leaves them open */
  test(asked: never, filter: ProductFilter): (values: readonly unknown[] | undefined) => Verdict;
}

/**
 * Values that are compared as a whole, after folding. A record matches where it shares a token with the value asked
 * for.
 */
export interface Exact {
  /** Returns the tokens of a record; undefined where it leaves them open. */
  tokensOf(record: FhirResource): readonly (string | NotTold)[] | undefined;
  tokensFor(asked: never): readonly string[];
}

/** A fact of all records of some subjects together. */
export interface WholeFact {
  readonly with: readonly Subject[];
  readonly reads: Reads;
  wholeTest(asked: never, filter: ProductFilter): WholeTest;
  /** How to read their common value, independent of the question. */
  readonly together?: JointValues;
  /** The field that asks for it, where it is no part of the filter that clients write. */
  readonly askedBy?: string;
  /**
   * Whether the value asked for must be shown to exist, since every product would match a misspelt one. It counts as a
   * mistake if no product that was looked through fails.
   */
  isDoubtful?(asked: never): boolean;
  /**
   * Looks through the records of all products for more about the value asked for, such as its other names, and returns
   * a more precise test; undefined if they add nothing.
   */
  testBy?(asked: never, records: readonly FhirResource[]): WholeTest | undefined;
}

/** Reads the common value of all records of some subjects, as plain data, and tests it. */
export interface JointValues {
  /** Returns undefined where the records leave it open. */
  valueIn(product: Product, told: (subject: Subject) => SubjectRecords): unknown;
  test(asked: never): (value: unknown) => Verdict;
}

export type Fact = RecordFact | WholeFact;

/** A row of the table of facts: for a question of type `Asked`, and the values of records of one type. */
interface Row<Type extends ResourceType, Asked, Value> extends Pick<
  RecordFact,
  'group' | 'alone' | 'looksAt'
> {
  readonly of: Subject;
  readonly type: Type;
  readonly elements: readonly string[];
  /** Returns each value of the record; undefined where it leaves them open. */
  values(record: ResourceOf<Type>): readonly (Value | NotTold)[] | undefined;
  /** Returns a test of values, which is undefined for a value that leaves it open. */
  meets(asked: Asked, filter: ProductFilter): (value: Value) => Verdict;
  /** Set where a value matches exactly if it shares a token with the question. */
  readonly exact?: {
    tokensOf(value: Value): readonly string[];
    tokensFor(asked: Asked): readonly string[];
  };
}

/** Stands for a value that is present and cannot be read. */
export const notTold = Symbol('not told');
export type NotTold = typeof notTold;

/** Makes a fact whose values are compared one by one; one match suffices. */
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
