/** A fact: something that can be asked of a product, and which records tell it. */
import type { FhirResource, ResourceOf, ResourceType } from '../fhir/resources.js';
import type { FilterPart, ProductFilter } from './filter.js';
import { anyOf, type Verdict } from './verdict.js';

/** The records that facts are told by: the product itself, or what belongs to it. */
export type Subject =
  | 'product'
  | 'authorization'
  /** Of the product: who may sell it. */
  | 'holder'
  | 'package'
  /** The product and its packages. */
  | 'supply'
  | 'item'
  | 'administrable'
  | 'ingredient'
  /** The product, for its own routes; where it has none, what is given of it. */
  | 'route'
  | 'maker'
  | 'clinicalUse'
  /** The authorizations that tell where the product stands. */
  | 'standing';

/** Elements that are read, by the type of the record. */
export type Reads = readonly (readonly [ResourceType, readonly string[]])[];

type Product = ResourceOf<'MedicinalProductDefinition'>;

/**
 * Whether a record is what is asked; undefined where it does not tell, or is not there.
 * @param product that it belongs to, where that is read
 */
export type Test = (resource: FhirResource | undefined, key: string, product?: FhirResource) => Verdict;

/** The records of one subject, and whether there are no others. */
export interface SubjectRecords {
  readonly records: readonly FhirResource[];
  readonly isWhole: boolean;
}

/** The test of a product by all records that belong to it. */
export type WholeTest = (product: Product, told: (subject: Subject) => SubjectRecords) => Verdict;

/** Told by single records, any of which may be what is asked for. */
export interface RecordFact {
  readonly of: Subject;
  readonly reads: Reads;
  test(asked: never, filter: ProductFilter): Test;
  /** What such a record refers to is tested, and not the record: an authorization’s holder. */
  readonly at?: 'holder';
  /** Then what the record itself has to be. */
  readonly where?: Test;
  /** Other parts that its test looks at: what is asked there changes what is meant here. */
  readonly looksAt?: readonly FilterPart[];
  /** Parts of one group hold of one and the same record. */
  readonly group?: 'authorization' | 'package' | 'ingredient';
  /** How it is told where no other part of its group is given, but such as mean the same `event`. */
  readonly alone?: WholeFact | { readonly of: Subject };
  /** What several parts are about, each by itself: when the product was first authorized. */
  readonly event?: 'firstAuthorized';
  /** What is compared as a whole, and may be looked up. */
  readonly exact?: Exact;
  /** What is told, apart from what is asked. */
  readonly told?: ToldValues;
}

/** The values that a record tells, and the test of them. */
export interface ToldValues {
  /** One function for all facts that tell the same. */
  readonly by: unknown;
  /**
   * @param record with the elements that are read, at least
   * @param product that it belongs to, where that is read
   */
  valuesIn(record: FhirResource, product?: FhirResource): readonly unknown[] | undefined;
  /** @param values undefined where the record does not tell */
  test(asked: never, filter: ProductFilter): (values: readonly unknown[] | undefined) => Verdict;
}

/** Values that are asked for as they are, once they are folded: records that share a token with what is asked meet it. */
export interface Exact {
  /** Of a record; undefined where it does not tell. */
  tokensOf(record: FhirResource): readonly (string | NotTold)[] | undefined;
  tokensFor(asked: never): readonly string[];
}

/** Told by all records of some subjects together. */
export interface WholeFact {
  readonly with: readonly Subject[];
  readonly reads: Reads;
  wholeTest(asked: never, filter: ProductFilter): WholeTest;
  /** What they tell together, apart from what is asked. */
  readonly together?: ToldTogether;
  /** The field that asks it, where it is no part of the filter that clients write. */
  readonly askedBy?: string;
  /**
   * Whether it has to be shown that what is asked for exists: a slip of the pen would be met by every product. Then it is
   * a mistake if none of those looked through fails it.
   */
  isDoubtful?(asked: never): boolean;
  /**
   * The test by what the records of all products tell of what is asked for, its names above all; undefined where they
   * tell no more than is known.
   */
  testBy?(asked: never, records: readonly FhirResource[]): WholeTest | undefined;
}

/** What all records of some subjects tell together, as one plain value, and the test of it. */
export interface ToldTogether {
  /** Undefined where they do not tell. */
  valueIn(product: Product, told: (subject: Subject) => SubjectRecords): unknown;
  test(asked: never): (value: unknown) => Verdict;
}

export type Fact = RecordFact | WholeFact;

/** A row of the table: for what is asked as `Asked`, and told by records of one type as values. */
interface Row<Type extends ResourceType, Asked, Value> extends Pick<
  RecordFact,
  'group' | 'alone' | 'looksAt'
> {
  readonly of: Subject;
  readonly type: Type;
  readonly elements: readonly string[];
  /** What the record tells, each value; undefined where it does not tell. */
  values(record: ResourceOf<Type>): readonly (Value | NotTold)[] | undefined;
  /** Undefined where such a value does not tell. */
  meets(asked: Asked, filter: ProductFilter): (value: Value) => Verdict;
  /** Where a value meets just what it shares a token with. */
  readonly exact?: {
    tokensOf(value: Value): readonly string[];
    tokensFor(asked: Asked): readonly string[];
  };
}

/** A value that is there, and cannot be read. */
export const notTold = Symbol('not told');
export type NotTold = typeof notTold;

/** A fact whose values are compared one by one: any of them will do. */
export function told<Type extends ResourceType, Asked, Value>(row: Row<Type, Asked, Value>): RecordFact {
  const { type, elements: names, values, meets, exact, ...rest } = row;
  const toldValues: ToldValues = {
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
