/** Finds trusted documents that may need more upstream requests than an operation may make. */
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { setImmediate } from 'node:timers/promises';
import type { Executor } from '../engine/execute.js';
import { mostSuggestions } from '../schema/args/fields.js';
import { mostRows } from '../schema/args/rules.js';
import type { TrustedDocument } from './trusted.js';

/** An operation that may need too many requests. */
export interface Costly {
  /** The id of the document. */
  readonly id: string;
  /** The name of the operation. Undefined if it has none. */
  readonly operation: string | undefined;
  /** The number of upstream requests if each `first` is at its largest. */
  readonly requests: number;
}

export interface CostlyOptions {
  readonly schema: GraphQLSchema;
  readonly executor: Pick<Executor, 'costOf'>;
  /** Maximum number of upstream requests of one operation. */
  readonly budget: number;
}

/**
 * Prepares every operation of the documents, and returns those whose cost may exceed the budget. An operation whose cost
 * depends on a variable that cannot be guessed, such as a cursor, is left out.
 */
export async function costlyAmong(
  documents: Iterable<TrustedDocument>,
  { schema, executor, budget }: CostlyOptions,
): Promise<readonly Costly[]> {
  const costly: Costly[] = [];
  for (const { id, document } of documents) {
    for (const operation of operationsOf(document)) {
      // Requests are handled between two operations.
      await setImmediate();
      const variables = worstVariables(schema, document, operation);
      const requests = await executor.costOf({ document, operation, variables, languages: [] });
      if (requests !== undefined && requests > budget)
        costly.push({ id, operation: operation.name?.value, requests });
    }
  }
  return costly;
}

function operationsOf({ definitions }: DocumentNode): readonly OperationDefinitionNode[] {
  return definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * Returns variables with which the operation costs most: the largest value for each `first`, everything included and
 * nothing skipped. Other variables keep their defaults, and required ones get a sample value.
 */
export function worstVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  { variableDefinitions = [] }: OperationDefinitionNode,
): Variables {
  const decided = decidedBy(document);
  const values = variableDefinitions.flatMap((definition): (readonly [string, unknown])[] => {
    const name = definition.variable.name.value;
    if (decided.has(name)) return [[name, decided.get(name)]];
    const sample = sampleFor(schema, definition);
    return sample === undefined ? [] : [[name, sample]];
  });
  return Object.fromEntries(values);
}

/** Returns the worst values of variables that page lists, or that include and skip selections. */
function decidedBy(document: DocumentNode): ReadonlyMap<string, number | boolean> {
  const decided = new Map<string, number | boolean>();
  visit(document, {
    Field({ name, arguments: given = [] }: FieldNode) {
      const most = name.value === 'suggest' ? mostSuggestions : mostRows;
      for (const { name: argument, value } of given)
        if (argument.value === 'first' && value.kind === Kind.VARIABLE)
          decided.set(value.name.value, Math.min(most, Number(decided.get(value.name.value) ?? most)));
    },
    Directive({ name, arguments: [condition] = [] }) {
      if (condition?.value.kind === Kind.VARIABLE)
        decided.set(condition.value.name.value, name.value === 'include');
    },
  });
  return decided;
}

function sampleFor(schema: GraphQLSchema, { type, defaultValue }: VariableDefinitionNode): unknown {
  const declared = typeFromAST(schema, type as never);
  const isNeeded = isInputType(declared) && isNonNullType(declared) && defaultValue === undefined;
  return isNeeded ? sampleOf(declared) : undefined;
}

const samples: Readonly<Record<string, unknown>> = {
  ID: '1',
  String: 'a',
  Int: 1,
  Float: 1,
  Boolean: true,
  DateTime: '2020-01-01T00:00:00Z',
  FhirDateTime: '2020',
};

/** Returns a value of a type: the first of an enum, and the required fields of an input. */
function sampleOf(type: GraphQLInputType): unknown {
  const bare = getNullableType(type);
  if (isListType(bare)) return [sampleOf(bare.ofType as GraphQLInputType)];
  const named = getNamedType(bare);
  if (isEnumType(named)) return named.getValues()[0]?.name;
  if (!isInputObjectType(named)) return samples[named.name];
  const needed = Object.values(named.getFields()).filter(
    (field) => isNonNullType(field.type) && field.defaultValue === undefined,
  );
  return Object.fromEntries(needed.map((field) => [field.name, sampleOf(field.type)]));
}
