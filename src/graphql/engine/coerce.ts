/**
 * Coerces variables and arguments to the types of the schema. A null counts as unset if a default exists, because
 * clients in Go and Rust send null for every optional value. Errors name the argument and never quote its value.
 */
import {
  coerceInputValue,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isInputType,
  typeFromAST,
  valueFromAST,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { GraphQLError } from 'graphql';
import { PmsError } from '../../errors.js';

export type Values = Readonly<Record<string, unknown>>;

export interface CoerceOptions {
  /** Whether error messages may suggest names from the schema. */
  readonly suggests: boolean;
}

type Path = readonly (string | number)[];

/**
 * Coerces the variables of an operation.
 * @throws GraphQLError caused by BAD_USER_INPUT, at the variable's definition
 */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  sent: Values,
  options: CoerceOptions,
): Values {
  // An object without a prototype is used, because a variable may have any name, even `__proto__`.
  const coerced = Object.create(null) as Record<string, unknown>;
  for (const definition of variableDefinitions) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type as never);
    // Validation has already checked that the type exists.
    if (!isInputType(type)) continue;
    const isGiven = Object.hasOwn(sent, name) && sent[name] !== undefined;
    const { defaultValue } = definition;
    if (defaultValue && (!isGiven || sent[name] === null)) coerced[name] = valueFromAST(defaultValue, type);
    else if (isGiven || isNonNullType(type))
      coerced[name] = coerceOne(sent[name] ?? null, type, definition, options);
  }
  return coerced;
}

function coerceOne(
  value: unknown,
  type: GraphQLInputType,
  definition: VariableDefinitionNode,
  { suggests }: CoerceOptions,
): unknown {
  const refuse = (path: Path, found: string): never => {
    const at = [`$${definition.variable.name.value}`, ...path];
    const message = faultAt(at, typeAt(type, path), found, suggests);
    throw new GraphQLError(message, {
      nodes: definition,
      originalError: new PmsError('BAD_USER_INPUT', message),
    });
  };
  return coerceInputValue(value, type, (path, _value, { message }) => refuse(path, message), !suggests);
}

/**
 * Returns the values of a field's arguments.
 * @throws PmsError BAD_USER_INPUT for a missing value, GraphQLError for any other problem that validation cannot
 * detect
 */
export function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Values,
): Values {
  try {
    return withDefaults(field.args, getArgumentValues(field, node, variables as Record<string, unknown>));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [, name] = /^Argument "(\w+)"/.exec(error.message) ?? [];
    const argument = field.args.find((each) => each.name === name);
    const message = argument
      ? `"${argument.name}" of "${field.name}" must be given as ${expectedOf(argument.type, false)}.`
      : `The arguments of "${field.name}" do not fit the schema.`;
    throw new PmsError('BAD_USER_INPUT', message, { cause: error });
  }
}

/** Replaces null by the default, as for an unset value. */
function withDefaults(parts: readonly (GraphQLArgument | GraphQLInputField)[], given: Values): Values {
  let hasNull = false;
  const values = parts.flatMap(({ name, type, defaultValue }): readonly (readonly [string, unknown])[] => {
    if (!Object.hasOwn(given, name)) return [];
    const value = given[name];
    if (value === null) {
      hasNull = true;
      return defaultValue === undefined ? [] : [[name, defaultValue]];
    }
    const inner = getNullableType(type);
    if (!isInputObjectType(inner)) return [[name, value]];
    const filled = withDefaults(Object.values(inner.getFields()), value as Values);
    hasNull ||= filled !== value;
    return [[name, filled]];
  });
  return hasNull ? Object.fromEntries(values) : given;
}

function typeAt(type: GraphQLInputType, path: Path): GraphQLInputType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return type;
  const whole = getNullableType(type);
  if (isListType(whole)) return typeAt(whole.ofType, typeof step === 'number' ? rest : path);
  if (!isInputObjectType(whole)) return undefined;
  const field = whole.getFields()[String(step)];
  return field && typeAt(field.type, rest);
}

/**
 * Returns an error message.
 * @param found the message of the GraphQL library, which may quote the value; only names from the schema are taken
 * from it
 */
function faultAt(at: Path, type: GraphQLInputType | undefined, found: string, suggests: boolean): string {
  const place = at
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
  const [, hint = ''] = (suggests && /( Did you mean .*\?)$/.exec(found)) || [];
  const [, unknown] = /^Field "(.*)" is not defined by type/.exec(found) ?? [];
  if (unknown !== undefined) {
    const name = /^\w{1,60}$/.test(unknown) ? `"${place}.${unknown}"` : `A part of "${place}"`;
    return `${name} is not defined: "${place}" is a ${nameOf(type)}.${hint}`;
  }
  const [, missing] = /^Field "(\w+)" of required type/.exec(found) ?? [];
  const inner = missing === undefined ? undefined : type && typeAt(type, [missing]);
  if (inner) return `"${place}.${missing}" must be given as ${expectedOf(inner, suggests)}.`;
  return `"${place}" must be given as ${expectedOf(type, suggests)}.${hint}`;
}

function nameOf(type: GraphQLInputType | undefined): string {
  return type ? getNamedType(type).name : 'value';
}

/** Returns the name of a type. If the name does not explain the valid values, describes them. */
function expectedOf(type: GraphQLInputType | undefined, suggests: boolean): string {
  if (!type) return 'the schema says';
  const named = getNamedType(type);
  if (isEnumType(named) && !suggests) return String(type);
  const looks = isEnumType(named)
    ? `one of ${named
        .getValues()
        .slice(0, mostValues)
        .map(({ name }) => name)
        .join(', ')}`
    : examples[named.name];
  return looks === undefined ? String(type) : `${String(type)}: ${looks}`;
}

const mostValues = 12;

const examples: Readonly<Record<string, string>> = {
  Int: 'a whole number',
  Float: 'a number',
  Boolean: 'true or false',
  DateTime: 'a day and a time with its zone, as 2026-01-31T00:00:00Z',
  FhirDateTime: 'a date, as 2026, 2026-01, 2026-01-31',
};
