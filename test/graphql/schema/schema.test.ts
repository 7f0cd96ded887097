/** The schema: equal to the committed file, described throughout, and consistent in its fields. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  introspectionFromSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema, printSdl } from '../../../src/graphql/schema/schema.js';

const schema = createSchema();
const own = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

describe('the schema', () => {
  it('equals the committed file schema.graphql, which `npm run schema` writes', () => {
    expect(printSdl(schema)).toBe(readFileSync('schema/schema.graphql', 'utf8'));
  });

  // Rust's graphql-parser refuses a description of the schema in SDL, so SDL has a comment, and introspection the
  // description.
  it('has its description both in the SDL and in introspection', () => {
    const sdl = printSdl(schema);
    const [head = ''] = sdl.split('schema {\n  query: Query\n}\n');
    expect(head.split('\n').filter((line) => !/^# \S.*\S$/.test(line))).toEqual(['']);
    expect(head.replaceAll(/^# /gm, '').trim().replaceAll('\n', ' ')).toBe(schema.description);
    expect(buildSchema(sdl).description).toBeUndefined();
    expect(introspectionFromSchema(schema).__schema.description).toBe(schema.description);
    expect(schema.description).toMatch(/medicinal products/);
  });

  it('is valid by the rules of graphql-js, so that it need not be validated at each start', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('describes every type, field, argument and enum value', () => {
    const bare: string[] = [];
    const expectText = (
      name: string,
      { description }: { readonly description?: string | null | undefined },
    ): void => {
      if (!description) bare.push(name);
    };
    for (const type of own) {
      if (!/^(String|Int|Float|Boolean|ID)$/.test(type.name)) expectText(type.name, type);
      if (isEnumType(type))
        for (const value of type.getValues()) expectText(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) expectText(`${type.name}.${field.name}`, field);
      }
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        expectText(`${type.name}.${field.name}`, field);
        for (const argument of field.args)
          expectText(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
    expect(bare).toEqual([]);
  });

  it('gives all fields of one name within a union or interface one type', () => {
    const conflicts = own
      .filter((type) => isUnionType(type) || isInterfaceType(type))
      .flatMap((type) => {
        const seen = new Map<string, string>();
        return schema.getPossibleTypes(type).flatMap((concrete) =>
          Object.values(concrete.getFields()).flatMap((field) => {
            const before = seen.get(field.name) ?? String(field.type);
            seen.set(field.name, before);
            return before === String(field.type) ? [] : [`${type.name}: ${concrete.name}.${field.name}`];
          }),
        );
      });
    expect(conflicts).toEqual([]);
  });

  it('makes every field nullable that may cost an upstream request', () => {
    const linked = own.filter(isObjectType).flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => field.extensions['link'] !== undefined && String(field.type).endsWith('!'))
        .map((field) => `${type.name}.${field.name}: ${String(getNamedType(field.type))}`),
    );
    expect(linked).toEqual([]);
  });
});
