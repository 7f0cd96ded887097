/** docs/elements.md: each element of the records has a field, or a reason why it has none. */
import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { jsonTypeOf, type JsonType } from '../src/fhir/json-types.js';
import { isResourceType } from '../src/fhir/resources.js';

/** The elements in the definitions of FHIR R5. */
const definitions = '../shared/design/r5-elements.md';
const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

interface Row {
  readonly type: string;
  readonly element: string;
  readonly fields: readonly string[];
  readonly reason: string | undefined;
}

const rows = readFileSync('docs/elements.md', 'utf8')
  .split('\n## ')
  .slice(1)
  .flatMap((section): readonly Row[] => {
    const type = section.slice(0, section.indexOf('\n'));
    return [...section.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, element = '', told = '']) => {
      const [, reason] = /^none: (.+)$/.exec(told) ?? [];
      const fields =
        reason === undefined ? [...told.matchAll(/`(\w+\.\w+)`/g)].map(([, name = '']) => name) : [];
      return { type, element, fields, reason };
    });
  });

function hasField(name: string): boolean {
  const [typeName = '', field = ''] = name.split('.');
  const type = schema.getType(typeName);
  return (isObjectType(type) || isInterfaceType(type)) && field in type.getFields();
}

/** Whether the service reads this element, by `json-types.ts`. */
function isRead({ type, element }: Row): boolean {
  let here: JsonType | undefined = isResourceType(type) ? jsonTypeOf(type) : undefined;
  for (const step of element.split('.')) {
    if (Array.isArray(here)) here = here[0] as JsonType;
    if (typeof here !== 'object') return false;
    const members = here as Readonly<Record<string, JsonType>>;
    const choice = step.endsWith('[x]') ? step.slice(0, -3) : undefined;
    const name = Object.keys(members).find((each) =>
      choice === undefined ? each === step : each.startsWith(choice),
    );
    here = name === undefined ? undefined : members[name];
    if (here === undefined) return false;
  }
  return true;
}

describe('docs/elements.md', () => {
  it('names only existing GraphQL fields', () => {
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.flatMap(({ fields }) => fields).filter((field) => !hasField(field))).toEqual([]);
  });

  it('has for each FHIR element a field, or the reason for its absence', () => {
    const bare = rows.filter(({ fields, reason }) => fields.length === 0 && reason === undefined);
    expect(bare).toEqual([]);
    const short = rows.filter(
      ({ reason }) => reason !== undefined && !/ miss it|`|does not vary|are current|would say/.test(reason),
    );
    expect(short.map(({ type, element }) => `${type}.${element}`)).toEqual([]);
  });

  it('names for each field a FHIR element that the field reads', () => {
    const unread = rows.filter((row) => row.fields.length > 0 && !isRead(row));
    expect(unread.map(({ type, element }) => `${type}.${element}`)).toEqual([]);
  });

  it.skipIf(!existsSync(definitions))('lists every FHIR R5 element of its resource types once', () => {
    const all = [...readFileSync(definitions, 'utf8').matchAll(/^- `([^`]+)`/gm)].map(([, name]) => name);
    expect(all.length).toBeGreaterThan(300);
    expect(rows.map(({ type, element }) => `${type}.${element}`)).toEqual(all);
  });
});
