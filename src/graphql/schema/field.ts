/**
 * Decorators that declare, beside a field, the elements that it reads, the link that it follows, and the rules for its
 * arguments.
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

/** Makes a field's value of a link's rows, without a call or a wait, only from known records. */
export type FromRows = (
  rows: Rows<never>,
  parent: never,
  context: Context,
  args: Readonly<Record<string, never>>,
) => unknown;

/** Whether a field is selected. */
export type Selects = (field: string) => boolean;

/**
 * Turns a field's arguments into those of its list. `language` is the tag of the language that the client prefers;
 * `above` are the arguments of the parent field, where the field is asked with these.
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
  /** Elements of the rows that the decorated method reads, by their type. */
  readonly rowElements?: Readonly<Partial<Record<ResourceType, readonly string[]>>>;
  readonly link?: LinkName | RootName;
  readonly toListArgs?: ToListArgs;
  readonly fromRows?: FromRows;
  /** The owner of the rows, where it is not the record that contains the value. */
  readonly from?: (parent: never) => Key;
  /** Which substances of an ingredient the field shows. */
  readonly substances?: ShownSubstances;
  /** Whether it is asked at the operation's root, with the arguments of its parent field. @default false */
  readonly isAskedAbove?: boolean;
  /** The value of a root field that needs nothing from the upstream. */
  readonly fromContext?: (context: Context, args: Readonly<Record<string, never>>) => unknown;
  /** Whether all of the upstream's abilities are found out before the field is answered. @default false */
  readonly showsAbilities?: boolean;
  /** The class by which the arguments are validated. */
  readonly arguments?: () => new () => object;
}

export function extensionsOf(field: GraphQLField<unknown, unknown>): FieldExtensions {
  return field.extensions as FieldExtensions;
}

/** Declares the elements of the resource, by their names below its root, that the decorated getter reads. */
export function Reads(...elements: readonly string[]): MethodDecorator & PropertyDecorator {
  return Extensions({ elements }) as MethodDecorator & PropertyDecorator;
}

/**
 * Declares the elements of a link's rows that the decorated method reads itself. The selected fields of the rows
 * declare their own.
 */
export function ReadsRows(rowElements: FieldExtensions['rowElements']): MethodDecorator {
  return Extensions({ rowElements }) as MethodDecorator;
}

/** By default `first` and `after` page the list, and every other argument filters it by its own name. */
const pagedAndFiltered: ToListArgs = ({ first, after, ...where }) => ({
  ...(first === undefined ? {} : { first }),
  ...(after === undefined ? {} : { after }),
  ...(Object.values(where).some((value) => value !== undefined && value !== null) ? { where } : {}),
});

/**
 * Answers the field from the rows that `link` leads to. The decorated method gets these rows and makes the field's
 * value of them; it is called only once they are known.
 * @param from the owner of the rows. @default the record that the field's parent is, or that contains it
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

/** Asks about the list that the field is below, with the arguments of that list. */
export function ReadsListAbove(): MethodDecorator {
  return Extensions({ isAskedAbove: true }) as MethodDecorator;
}

/** Shows substances of ingredients in the field: the fields below are about these. */
export function ShowsSubstances(substances: ShownSubstances): MethodDecorator {
  return Extensions({ substances }) as MethodDecorator;
}

/** Answers the field from this service's own knowledge: the decorated method gets the context, then the arguments. */
export function FromContext(): MethodDecorator {
  return ((target: object, key: string, descriptor: PropertyDescriptor) => {
    const extensions: FieldExtensions = {
      fromContext: descriptor.value as NonNullable<FieldExtensions['fromContext']>,
    };
    Extensions({ ...extensions })(target, key, descriptor);
  }) as MethodDecorator;
}

/** Shows the upstream's abilities in the field: all of them are found out before it is answered. */
export function ShowsAbilities(): MethodDecorator & PropertyDecorator {
  return Extensions({ showsAbilities: true }) as MethodDecorator & PropertyDecorator;
}

/** Declares a field's arguments, and that they are validated before anything is sent. */
export function Arguments(type: () => new () => object): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new TypeError('Only methods take arguments.');
    Args(type)(target, key, index);
    Extensions({ arguments: type })(target, key as string, {});
  };
}
