/** Decorators that say, beside a field, what it reads, which link it follows, and what its arguments must be. */
import type { GraphQLField } from 'graphql';
import { Args, Extensions } from 'type-graphql';
import type { ResourceType } from '../../fhir/resources.js';
import type { Key } from '../../catalogue/graph/key.js';
import type { LinkName } from '../../catalogue/graph/links.js';
import type { ShownSubstances } from '../../catalogue/graph/substance-key.js';
import type { ListArgs, RootName } from '../../catalogue/question/selection.js';
import type { Rows } from './rows.js';
import type { Context } from '../context.js';

/** What becomes of a link's rows in a field: no call, no wait, only what is known. */
export type FromRows = (
  rows: Rows<never>,
  parent: never,
  context: Context,
  args: Readonly<Record<string, never>>,
) => unknown;

/** Whether a field of the answer is asked for. */
export type Selects = (field: string) => boolean;

/**
 * How a field's arguments choose the rows. `language` is the tag of the one that the client prefers; `above` are the
 * arguments of the field that it stands below, where it is asked with these.
 */
export type ToListArgs = (
  args: Readonly<Record<string, never>>,
  selects: Selects,
  language: string,
  above: Readonly<Record<string, never>>,
) => ListArgs;

export interface FieldExtensions {
  /** Elements of the FHIR resource that the getter reads, below its root. */
  readonly elements?: readonly string[];
  /** Elements that the method under it reads of the rows that it is given, by their type. */
  readonly rowElements?: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
  readonly link?: LinkName | RootName;
  readonly toListArgs?: ToListArgs;
  readonly fromRows?: FromRows;
  /** Whose rows they are, where it is not the record that the value stands in. */
  readonly from?: (parent: never) => Key;
  /** Which substances of an ingredient the field shows. */
  readonly substances?: ShownSubstances;
  /** Whether it is asked at the operation's root, with the arguments of the field that it stands below. @default false */
  readonly isAskedAbove?: boolean;
  /** The value of a field of the operation's root that asks nothing of the upstream. */
  readonly fromContext?: (context: Context, args: Readonly<Record<string, never>>) => unknown;
  /** The class that the arguments are validated as. */
  readonly arguments?: () => new () => object;
}

export function extensionsOf(field: GraphQLField<unknown, unknown>): FieldExtensions {
  return field.extensions as FieldExtensions;
}

/** The elements of the resource, by their names below its root, that the getter under it reads. */
export function Reads(...elements: readonly string[]): MethodDecorator & PropertyDecorator {
  return Extensions({ elements }) as MethodDecorator & PropertyDecorator;
}

/** The elements of a link's rows that the method under it reads itself; what is selected of them is declared there. */
export function ReadsRows(rowElements: FieldExtensions['rowElements']): MethodDecorator {
  return Extensions({ rowElements }) as MethodDecorator;
}

/** By default `first` and `after` cut the list, and every other argument filters it by its own name. */
const pagedAndFiltered: ToListArgs = ({ first, after, ...where }) => ({
  ...(first === undefined ? {} : { first }),
  ...(after === undefined ? {} : { after }),
  ...(Object.values(where).some((value) => value !== undefined && value !== null) ? { where } : {}),
});

/**
 * The field is answered from the rows that `link` leads to. The method under it gets these rows and makes the
 * field's value of them; it is only called once they are known.
 * @param from whose rows they are. @default the record that the field's parent is, or stands in
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

/** The field asks a question about the list that it stands below, with the arguments of that. */
export function AsksAbove(): MethodDecorator {
  return Extensions({ isAskedAbove: true }) as MethodDecorator;
}

/** The field shows substances of ingredients: what is asked below them is asked of these. */
export function ShowsSubstances(substances: ShownSubstances): MethodDecorator {
  return Extensions({ substances }) as MethodDecorator;
}

/** The field is answered from what this service knows by itself: the method under it gets the context, then the arguments. */
export function FromContext(): MethodDecorator {
  return ((target: object, key: string, descriptor: PropertyDescriptor) => {
    const extensions: FieldExtensions = {
      fromContext: descriptor.value as NonNullable<FieldExtensions['fromContext']>,
    };
    Extensions({ ...extensions })(target, key, descriptor);
  }) as MethodDecorator;
}

/** Declares a field's arguments, and that they are validated before anything is sent. */
export function Arguments(type: () => new () => object): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new TypeError('arguments belong to a method');
    Args(type)(target, key, index);
    Extensions({ arguments: type })(target, key as string, {});
  };
}
