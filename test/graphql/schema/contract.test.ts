/** The generated schema, compared with the contract that clients rely on. */
import { readFileSync } from 'node:fs';
import {
  astFromValue,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  print,
  type DefinitionNode,
  type FieldDefinitionNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../../src/graphql/schema/schema.js';

const schema = createSchema();
const promised = parse(readFileSync('test/graphql/schema/contract.graphql', 'utf8')).definitions;
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

const fieldsOf = (type: GraphQLNamedType | undefined) =>
  isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? type.getFields() : {};

/** Returns `field(argument: Type = default): Type`, as in SDL. */
function promisedField(field: FieldDefinitionNode | InputValueDefinitionNode): string {
  const args = 'arguments' in field ? (field.arguments ?? []) : [];
  return signature(
    field.name.value,
    args.map(
      (arg) =>
        `${arg.name.value}: ${print(arg.type)}${arg.defaultValue ? ` = ${print(arg.defaultValue)}` : ''}`,
    ),
    print(field.type),
    'defaultValue' in field && field.defaultValue ? print(field.defaultValue) : undefined,
  );
}

function emittedField(field: GraphQLField<unknown, unknown> | undefined): string | undefined {
  if (!field) return undefined;
  const args = (field.args ?? []).map(
    ({ name, type, defaultValue }) =>
      `${name}: ${String(type)}${defaultValue === undefined ? '' : ` = ${written(defaultValue, type)}`}`,
  );
  const own = (field as { readonly defaultValue?: unknown }).defaultValue;
  return signature(field.name, args, String(field.type), own === undefined ? undefined : shown(own));
}

/** Returns the default value of an argument as SDL writes it. */
function written(value: unknown, type: GraphQLArgument['type']): string {
  const node = astFromValue(value, type);
  return node ? print(node) : String(value);
}

/** Returns the default value of an input field as SDL writes it; no list has enum values. */
function shown(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((each) => JSON.stringify(each)).join(', ')}]` : String(value);
}

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode;

function isComposite(definition: DefinitionNode): definition is Composite {
  return [
    Kind.OBJECT_TYPE_DEFINITION,
    Kind.INTERFACE_TYPE_DEFINITION,
    Kind.INPUT_OBJECT_TYPE_DEFINITION,
  ].some((kind) => kind === definition.kind);
}

function signature(name: string, args: readonly string[], type: string, own: string | undefined): string {
  const list = args.length > 0 ? `(${[...args].sort().join(', ')})` : '';
  return `${name}${list}: ${type}${own === undefined ? '' : ` = ${own}`}`;
}

describe('contract.graphql, the schema promised to clients,', () => {
  const enums = promised.filter((each) => each.kind === Kind.ENUM_TYPE_DEFINITION);
  const composites = promised.filter(isComposite);

  it.each(enums.map((each) => [each.name.value, each] as const))(
    'has the same values for the enum %s as the generated schema',
    (name, { values = [] }) => {
      const type = schema.getType(name);
      const emitted = isEnumType(type) ? type.getValues() : [];
      expect(emitted.map((value) => value.name)).toEqual(values.map((value) => value.name.value));
    },
  );

  it.each(composites.map((each) => [each.name.value, each] as const))(
    'has the same fields for the type %s as the generated schema',
    (name, { fields = [], ...definition }) => {
      const type = schema.getType(name);
      const emitted = fields.map((field) => emittedField(fieldsOf(type)[field.name.value] as never));
      expect(emitted).toEqual(fields.map(promisedField));
      const interfaces = 'interfaces' in definition ? (definition.interfaces ?? []) : [];
      const implemented = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
      expect(implemented.map((each) => each.name)).toEqual(
        expect.arrayContaining(interfaces.map((each) => each.name.value)),
      );
    },
  );

  it('has one type for all fields of one name within each interface and union', () => {
    const together = types.flatMap((type) => {
      if (isInterfaceType(type)) return [schema.getPossibleTypes(type)];
      return isUnionType(type) ? [type.getTypes()] : [];
    });
    expect(together.length).toBeGreaterThan(2);
    for (const members of together) {
      const byName = new Map<string, string>();
      for (const member of members) {
        for (const field of Object.values(member.getFields())) {
          const before = byName.get(field.name) ?? String(field.type);
          byName.set(field.name, before);
          expect(`${member.name}.${field.name}: ${String(field.type)}`).toBe(
            `${member.name}.${field.name}: ${before}`,
          );
        }
      }
    }
  });

  it('has a description for every type, field, argument and value', () => {
    const silent = types.flatMap((type) => {
      const values = 'getValues' in type ? type.getValues() : [];
      const fields = Object.values(fieldsOf(type)).flatMap((field) => [
        field,
        ...('args' in field ? field.args : []),
      ]);
      return [type, ...fields, ...values]
        .filter(({ description }) => !description?.trim())
        .map((each) => `${type.name}.${each.name}`);
    });
    expect(silent).toEqual([]);
  });
});
