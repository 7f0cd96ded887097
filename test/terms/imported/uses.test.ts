/** The uses of lists that `terms status` prints, compared with the schema. */
import { readFileSync } from 'node:fs';
import { buildSchema, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { listsOf } from '../../../src/graphql/engine/words.js';
import { emaTerms } from '../../../src/terms/ema-terms.js';
import { listUses } from '../../../src/terms/imported/uses.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

it('the table of uses of RMS lists names only existing fields and filters', () => {
  const isField = (path: string): boolean => {
    const [name = '', field = ''] = path.split('.');
    const type = schema.getType(name);
    return (isObjectType(type) || isInterfaceType(type)) && field in type.getFields();
  };
  const filter = schema.getType('ProductFilter');
  const filters = isInputObjectType(filter) ? Object.keys(filter.getFields()) : [];
  const uses = [...listUses.values()];
  expect(uses.flatMap(({ fields }) => fields).filter((field) => !isField(field))).toEqual([]);
  expect(uses.flatMap((use) => use.filters).filter((each) => !filters.includes(each))).toEqual([]);
  // Every filter that accepts texts of a list is among the uses of the list.
  const ofWords = Object.keys(listsOf).filter((part) => part !== 'pediatricUse');
  expect(ofWords.filter((part) => !uses.some((use) => use.filters.includes(part)))).toEqual([]);
});

it('the table of uses of RMS lists has each list with built-in terms, except lists that no field reads', () => {
  const unread = Object.keys(emaTerms).filter((list) => !listUses.has(list));
  expect(unread).toEqual(['100000155531', '100000155688']);
});
