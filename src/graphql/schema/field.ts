/**
 * Decorators of a field. They declare the elements that the field reads, the link that it follows, and the rules for
 * its arguments.
 */
import type { GraphQLField } from 'graphql';
import { Args, Extensions } from 'type-graphql';
import type { ResourceType } from '../../fhir/resources.js';
import type { Key } from '../../catalogue/graph/key.js';
import type { LinkName } from '../../catalogue/graph/links.js';
import type { ShownSubstances } from '../../catalogue/graph/substance-key.js';
import type { ListArgs, RootName } from '../../catalogue/question/selection.js';
import type { Rows } from './rows.js';
import type { Context } from '../context.js';

/**
 * Computes a field's value from the rows of a link. It is synchronous, and reads only records that are already
 * fetched.
 */
export type FromRows = (
  rows: Rows<never>,
  parent: never,
  context: Context,
  args: Readonly<Record<string, never>>,
) => unknown;

/** Returns whether the operation selects this field. */
export type Selects = (field: string) => boolean;

/**
 * Converts the arguments of a field to those of its list. `language` is the tag of the client's preferred language.
 * `above` contains the arguments of the parent field, for a field that uses them.
 */
export type ToListArgs = (
  args: Readonly<Record<string, never>>,
  selects: Selects,
  language: string,
  above: Readonly<Record<string, never>>,
) => ListArgs;

export interface FieldExtensions {
  /** The elements of the FHIR resource that the getter reads, as names below the resource's root. */
  readonly elements?: readonly string[];
  /** The elements of the rows that the decorated method reads, by resource type. */
  readonly rowElements?: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
  readonly link?: LinkName | RootName;
  readonly toListArgs?: ToListArgs;
  readonly fromRows?: FromRows;
  /** Returns the record from which the link starts, if this is not the record that contains the value. */
  readonly from?: (parent: never) => Key;
  /** Which substances of an ingredient the field returns. */
  readonly substances?: ShownSubstances;
  /** Whether the field is fetched at the operation's root, with the arguments of its parent field. @default false */
  readonly isAskedAbove?: boolean;
  /** Computes a root field that needs no data from the upstream. */
  readonly fromContext?: (context: Context, args: Readonly<Record<string, never>>) => unknown;
  /** Whether all capabilities of the upstream must be known before the field is computed. @default false */
  readonly showsAbilities?: boolean;
  /** The class that validates the arguments. */
  readonly arguments?: () => new () => object;
}

export function extensionsOf(field: GraphQLField<unknown, unknown>): FieldExtensions {
  return field.extensions as FieldExtensions;
}

/**
 * Declares the elements of the resource that the decorated getter reads.
 * @param elements names below the resource's root
 */
export function Reads(...elements: readonly string[]): MethodDecorator & PropertyDecorator {
  return Extensions({ elements }) as MethodDecorator & PropertyDecorator;
}

/**
 * Declares the elements of a link's rows that the decorated method itself reads. The selected fields of the rows
 * declare their own elements.
 */
export function ReadsRows(rowElements: FieldExtensions['rowElements']): MethodDecorator {
  return Extensions({ rowElements }) as MethodDecorator;
}

/**
 * The default conversion: `first` and `after` page the list, and every other argument filters the list by its own
 * name.
 */
const pagedAndFiltered: ToListArgs = ({ first, after, ...where }) => ({
  ...(first === undefined ? {} : { first }),
  ...(after === undefined ? {} : { after }),
  ...(Object.values(where).some((value) => value !== undefined && value !== null) ? { where } : {}),
});

/**
 * Computes the field from the rows of `link`. The decorated method gets these rows, and returns the field's value. It
 * is called only when the rows have been fetched.
 * @param from returns the record from which the link starts
 */
export function Follow<Args = Readonly<Record<string, never>>>(
  link: LinkName | RootName,
  toListArgs: (
    args: Args,
    selects: Selects,
    language: string,
    above: never,
  ) => ListArgs = pagedAndFiltered as never,
  from?: (parent: never) => Key,
): MethodDecorator {
  return ((target: object, key: string, descriptor: PropertyDescriptor) => {
    const fromRows = descriptor.value as FromRows;
    const extensions: FieldExtensions = {
      link,
      toListArgs: toListArgs as ToListArgs,
      fromRows,
      ...(from && { from }),
    };
    Extensions({ ...extensions })(target, key, descriptor);
  }) as MethodDecorator;
}

/** Declares that the field uses the arguments of its parent list. */
export function ReadsListAbove(): MethodDecorator {
  return Extensions({ isAskedAbove: true }) as MethodDecorator;
}

/** Declares which substances of an ingredient the field and its child fields return. */
export function ShowsSubstances(substances: ShownSubstances): MethodDecorator {
  return Extensions({ substances }) as MethodDecorator;
}

/** Computes the field without the upstream. The decorated method gets the context, then the arguments. */
export function FromContext(): MethodDecorator {
  return ((target: object, key: string, descriptor: PropertyDescriptor) => {
    const extensions: FieldExtensions = {
      fromContext: descriptor.value as NonNullable<FieldExtensions['fromContext']>,
    };
    Extensions({ ...extensions })(target, key, descriptor);
  }) as MethodDecorator;
}

/**
 * Declares that the field returns capabilities of the upstream. All capabilities are learnt before the field is
 * computed.
 */
export function ShowsAbilities(): MethodDecorator & PropertyDecorator {
  return Extensions({ showsAbilities: true }) as MethodDecorator & PropertyDecorator;
}

/** Declares a field's arguments. They are validated before anything is sent. */
export function Arguments(type: () => new () => object): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new TypeError('Only methods take arguments.');
    Args(type)(target, key, index);
    Extensions({ arguments: type })(target, key as string, {});
  };
}
