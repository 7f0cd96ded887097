/** Builds the response in one synchronous walk over `Known`. The functions for this are compiled once per shape. */
import {
  getNamedType,
  GraphQLError,
  GraphQLID,
  GraphQLString,
  isAbstractType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  TypeNameMetaFieldDef,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { PmsError } from '../../errors.js';
import { NotYetKnown } from './answers.js';
import type { Answers } from '../schema/rows.js';
import type { Context } from '../context.js';
import type { Prepared } from './prepare.js';
import { parentKey } from '../schema/schema.js';
import { isIntrospection, type Shape, type ShapeField } from './shape.js';
import { AnswerTooLarge, maxAnswerBytes } from './written.js';

export interface Projected {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}

/** The state of one request, which is passed to the compiled functions of its shape. */
interface Frame {
  readonly inputs: Prepared['inputs'];
  readonly answers: Answers;
  readonly context: Context;
  readonly errors: GraphQLError[];
  /** Number of objects written so far. */
  objects: number;
  /** A lower bound of the response's size in bytes. */
  bytes: number;
  /** Response path of the current object. */
  readonly path: (string | number)[];
  /** Returns a copy of `path`. It is copied only on demand, because most rows never report their path. */
  readonly here: () => readonly (string | number)[];
}

/** Maximum number of objects in one response. Even a short document may select every link of every row. */
const maxObjects = 50_000;

class TooManyObjects extends PmsError {
  constructor() {
    super(
      'QUERY_TOO_COMPLEX',
      `The response would have more than ${maxObjects} objects. Request less data in one operation.`,
    );
  }
}

/** Whether an error ends the whole response, whichever field throws it. */
function endsAll(error: unknown): boolean {
  return error instanceof NotYetKnown || error instanceof TooManyObjects || error instanceof AnswerTooLarge;
}

type Get = (source: unknown, frame: Frame) => unknown;
type Complete = (value: unknown, frame: Frame) => unknown;
type WriteField = (source: unknown, frame: Frame, target: Record<string, unknown>) => void;

/** @param root the source object of those root fields that follow no link */
export type Projection = (prepared: Prepared, context: Context, root?: unknown) => Projected;

/**
 * Compiles a shape into a function that builds the response. The function treats nulls, errors and error paths as
 * graphql-js does. It is synchronous and sends nothing.
 * @throws (by the function) NotYetKnown if the rows of a link were not fetched, QUERY_TOO_COMPLEX if the response is
 * too large
 */
export function compileProjection(schema: GraphQLSchema, shape: Shape): Projection {
  const write = compileFields(schema, shape.fields);
  return ({ inputs }, context, root) => {
    const path: (string | number)[] = [];
    const here = (): readonly (string | number)[] => [...path];
    const { answers } = context;
    const frame: Frame = { inputs, answers, context, errors: [], objects: 0, bytes: 0, path, here };
    try {
      return { data: write(root, frame) as Record<string, unknown>, errors: frame.errors };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { data: null, errors: [...frame.errors, error] };
    }
  };
}

function compileFields(schema: GraphQLSchema, fields: readonly ShapeField[]): Complete {
  const writers = fields.map((field) => compileField(schema, field));
  // In objects without a prototype, `__proto__` is an ordinary key. But such objects are several times slower to write
  // and to read.
  const hasOddKey = fields.some(({ key }) => key === '__proto__');
  // In the response, each field needs its name, two quotation marks, a colon and a comma.
  const bytes = fields.reduce((sum, { key }) => sum + key.length + 4, 2);
  return (source, frame) => {
    frame.objects += 1;
    frame.bytes += bytes;
    if (frame.objects > maxObjects) throw new TooManyObjects();
    if (frame.bytes > maxAnswerBytes) throw new AnswerTooLarge();
    const target: Record<string, unknown> = hasOddKey ? (Object.create(null) as Record<string, unknown>) : {};
    for (const write of writers) write(source, frame, target);
    return target;
  };
}

function compileField(schema: GraphQLSchema, shaped: ShapeField): WriteField {
  const { key, field, nodes } = shaped;
  const get = compileGet(schema, shaped);
  const complete = compileComplete(schema, field.type, shaped);
  const mayBeNull = !isNonNullType(field.type);
  const fail = (error: unknown, frame: Frame, depth: number): null => {
    // The path of the error may lead to fields below this one, which the walk has already left.
    const located = locate(error, nodes, frame, depth);
    if (!mayBeNull) throw located;
    tell(located, frame);
    return null;
  };
  if (isPlainLeaf(shaped)) {
    // The path of a leaf is needed only if the leaf fails.
    return (source, frame, target) => {
      try {
        target[key] = complete(get(source, frame), frame);
      } catch (error) {
        target[key] = fail(error, frame, frame.path.push(key));
      }
    };
  }
  return (source, frame, target) => {
    const depth = frame.path.push(key);
    try {
      target[key] = complete(get(source, frame), frame);
      frame.path.pop();
    } catch (error) {
      target[key] = fail(error, frame, depth);
    }
  };
}

/** Whether the field is a leaf and follows no link. */
function isPlainLeaf({ field, declared }: ShapeField): boolean {
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  return isLeafType(type) && declared.fromRows === undefined;
}

/** Adds an error to the response, and counts the bytes of the error. */
function tell(error: GraphQLError, frame: Frame): void {
  frame.errors.push(error);
  frame.bytes += error.message.length + leastErrorBytes + (error.nodes?.length ?? 0) * leastLocationBytes;
}

/** The minimum size of an error in bytes: its code, its path and the names of its members. */
const leastErrorBytes = 60;
/** The minimum size of a location in bytes: `{"line":1,"column":1},` */
const leastLocationBytes = 22;

function locate(error: unknown, nodes: ShapeField['nodes'], frame: Frame, depth: number): GraphQLError {
  if (endsAll(error)) throw error;
  const located = locatedError(error, nodes, frame.path.slice(0, depth));
  frame.path.length = depth - 1;
  return located;
}

function compileGet(schema: GraphQLSchema, shaped: ShapeField): Get {
  const { field, declared, parentType, index } = shaped;
  if (field === TypeNameMetaFieldDef) return () => parentType.name;
  if (isIntrospection(shaped) || isIntrospectionType(parentType)) return compileIntrospection(schema, shaped);
  const { fromRows, fromContext, from = parentKey } = declared;
  if (fromContext) {
    return (_source, { context, inputs }) => {
      const input = inputs[index];
      return fromContext(context, (input?.kind === 'arguments' ? input.values : noArguments) as never);
    };
  }
  if (fromRows) {
    return (source, frame) => {
      const input = frame.inputs[index];
      if (input?.kind !== 'link') throw new TypeError('A link was not prepared.');
      const rows = frame.answers.rows(input.call, from(source as never), frame.here);
      return fromRows(rows as never, source as never, frame.context, input.values as never);
    };
  }
  const { name } = field;
  return (source, frame) => {
    const value = (source as Record<string, unknown> | undefined)?.[name];
    if (typeof value !== 'function') return value;
    const input = frame.inputs[index];
    return value.call(source, input?.kind === 'arguments' ? input.values : noArguments, frame.context);
  };
}

/** Compiles an introspection field. The resolvers of graphql-js are used, which need only the schema. */
function compileIntrospection(schema: GraphQLSchema, { field, index }: ShapeField): Get {
  const { resolve } = field;
  if (!resolve) throw new TypeError(`"${field.name}" of introspection has no resolver`);
  const info = { schema } as never;
  return (source, { inputs }) => {
    const input = inputs[index];
    return resolve(source, input?.kind === 'arguments' ? input.values : noArguments, undefined, info);
  };
}

const noArguments: Readonly<Record<string, unknown>> = {};

function compileComplete(schema: GraphQLSchema, type: GraphQLOutputType, shaped: ShapeField): Complete {
  if (isLeafType(type)) return compileLeaf(type);
  if (isNonNullType(type)) {
    const complete = compileComplete(schema, type.ofType, shaped);
    return (value, frame) => {
      const completed = complete(value, frame);
      if (completed !== null) return completed;
      throw new Error(
        `Cannot return null for non-nullable field ${shaped.parentType.name}.${shaped.field.name}.`,
      );
    };
  }
  const complete = isListType(type)
    ? compileList(schema, type.ofType, shaped)
    : compileObject(schema, type, shaped);
  return (value, frame) => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'object' && value instanceof Error) throw value;
    return complete(value, frame);
  };
}

function compileLeaf(type: GraphQLLeafType): Complete {
  // The types String and ID serialize a text to the text itself.
  const isText = type === GraphQLString || type === GraphQLID;
  return (value, frame) => {
    if (isText && typeof value === 'string') {
      frame.bytes += value.length;
      return value;
    }
    if (value === null || value === undefined) return null;
    if (value instanceof Error) throw value;
    const serialized = type.serialize(value);
    if (serialized !== null && serialized !== undefined) return serialized;
    throw new Error(`Expected \`${String(type)}.serialize()\` to return non-nullable value.`);
  };
}

function compileList(schema: GraphQLSchema, itemType: GraphQLOutputType, shaped: ShapeField): Complete {
  const complete = compileComplete(schema, itemType, shaped);
  const mayBeNull = !isNonNullType(itemType);
  return (value, frame) => {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${shaped.parentType.name}.${shaped.field.name}".`,
      );
    }
    const completed: unknown[] = [];
    const depth = frame.path.length + 1;
    for (const item of value as Iterable<unknown>) {
      frame.path.push(completed.length);
      try {
        completed.push(complete(item, frame));
        frame.path.pop();
      } catch (error) {
        const located = locate(error, shaped.nodes, frame, depth);
        if (!mayBeNull) throw located;
        tell(located, frame);
        completed.push(null);
      }
    }
    return completed;
  };
}

function compileObject(schema: GraphQLSchema, type: GraphQLOutputType, shaped: ShapeField): Complete {
  const named = getNamedType(type);
  const byType = new Map(
    [...(shaped.children ?? [])].map(([name, fields]) => [name, compileFields(schema, fields)]),
  );
  if (isObjectType(named)) return byType.get(named.name) ?? (() => ({}));
  if (!isAbstractType(named)) throw new TypeError(`a selection below the leaf ${named.name}`);
  return (value, frame) => {
    const write = byType.get(concreteType(named, value, frame));
    if (!write) throw new Error(`"${named.name}" has no such type.`);
    return write(value, frame);
  };
}

function concreteType(type: GraphQLAbstractType, value: unknown, { context }: Frame): string {
  const name = type.resolveType?.(value, context, undefined as never, type);
  if (typeof name === 'string') return name;
  throw new Error(`A value of "${type.name}" does not tell its type.`);
}
