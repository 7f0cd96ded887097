/** Short notations for records of ingredients and items, for tables of test cases. */
import type { FhirResource, ResourceOf, ResourceType } from '../../src/fhir/resources.js';
import { emaList } from '../support/views.js';

export const roles = {
  active: '100000072072',
  adjuvant: '100000072073',
  excipient: '100000072082',
  solvent: '100000136066',
} as const;
export type RoleName = keyof typeof roles | 'unknown';

export function record<Type extends ResourceType>(
  resourceType: Type,
  id: string,
  content: object = {},
): ResourceOf<Type> {
  return { resourceType, id, ...content } as unknown as ResourceOf<Type>;
}

/**
 * Returns a substance from `100000091436|Cefuroxime sodium`, from a code or a name alone, or from `→80` and `→80|its
 * display` for a reference.
 */
export function substance(written: string): object {
  const [first = '', name] = written.split('|');
  if (first.startsWith('→')) {
    const reference = `SubstanceDefinition/${first.slice(1)}`;
    return { reference: { reference, ...(name === undefined ? {} : { display: name }) } };
  }
  const isCode = /\d{6}|^[0-9A-Z]{10}$/.test(first);
  if (!isCode) return { concept: { text: first } };
  return { concept: { coding: [{ code: first, ...(name === undefined ? {} : { display: name }) }] } };
}

export function role(name: RoleName): object {
  return name === 'unknown'
    ? {}
    : { role: { coding: [{ system: emaList('100000072050'), code: roles[name] }] } };
}

let count = 0;

export function ingredient(
  written: string,
  {
    as = 'active',
    of = ['ManufacturedItemDefinition/1'],
    strength,
  }: {
    readonly as?: RoleName;
    readonly of?: readonly string[];
    readonly strength?: readonly object[];
  } = {},
): ResourceOf<'Ingredient'> {
  count += 1;
  return record('Ingredient', `i${count}`, {
    ...role(as),
    for: of.map((reference) => ({ reference })),
    substance: { code: substance(written), ...(strength ? { strength } : {}) },
  });
}

export const product = (content: object = {}) =>
  record('MedicinalProductDefinition', '600000000001', content);
export const item = (id = '1', content: object = {}) => record('ManufacturedItemDefinition', id, content);
export const given = (id: string, content: object = {}) =>
  record('AdministrableProductDefinition', id, content);

export type { FhirResource };
