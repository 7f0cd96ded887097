/** Decorators that say, beside a field, what it reads, which link it follows, and what its arguments must be. */
import type { GraphQLField } from 'graphql';
import { Args, Extensions } from 'type-graphql';
import type { LinkName } from '../catalogue/links.js';
import type { ListArgs, RootName } from '../catalogue/selection.js';
import type { Rows } from './rows.js';
import type { Context } from './context.js';

/** What becomes of a link's rows in a field: no call, no wait, only what is known. */
export type FromRows = (rows: Rows<never>, parent: never, context: Context) => unknown;

/** How a field's arguments choose the rows; `selects` tells whether a field of the answer is asked for. */
export type ToListArgs = (
  args: Readonly<Record<string, never>>,
  selects: (field: string) => boolean,
) => ListArgs;

export interface FieldExtensions {
  /** Elements of the FHIR resource that the getter reads, below its root. */
  readonly elements?: readonly string[];
  readonly link?: LinkName | RootName;
  readonly toListArgs?: ToListArgs;
  readonly fromRows?: FromRows;
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

/** By default `first` and `after` cut the list, and every other argument filters it by its own name. */
const pagedAndFiltered: ToListArgs = ({ first, after, ...where }) => ({
  ...(first === undefined ? {} : { first }),
  ...(after === undefined ? {} : { after }),
  ...(Object.values(where).some((value) => value !== undefined && value !== null) ? { where } : {}),
});

/**
 * The field is answered from the rows that `link` leads to. The method under it gets these rows and makes the
 * field's value of them; it is only called once they are known.
 */
export function Follow(
  link: LinkName | RootName,
  toListArgs: ToListArgs = pagedAndFiltered,
): MethodDecorator {
  return ((target: object, key: string, descriptor: PropertyDescriptor) => {
    const extensions: FieldExtensions = { link, toListArgs, fromRows: descriptor.value as FromRows };
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
