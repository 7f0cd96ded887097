/** Compares organizations by id, number or name. */
import type { Reference } from 'fhir/r5.js';
import type { Family } from './family.js';
import { some, type Told } from './told.js';
import { idIn, isAny, localOf, plain, valuesOf } from './words.js';

export function organizationNames(reference: Reference, { organizations }: Family): readonly string[] {
  const held = organizations.get(idIn(reference) ?? '');
  const names = held ? [held.name, ...(held.alias ?? [])] : [reference.display];
  return names.flatMap((name) => name ?? []);
}

/**
 * Whether a reference means one of the organizations. EMA has separate numbers for organizations (ORG) and their locations (LOC).
 */
export function isOrganization(reference: Reference, asked: readonly string[], family: Family): Told {
  const id = idIn(reference);
  const held = family.organizations.get(id ?? '');
  const numbers = [
    ...(id === undefined ? [] : [id]),
    ...valuesOf(held ? held.identifier : reference.identifier && [reference.identifier]),
  ];
  const names = organizationNames(reference, family).map(plain);
  return some(
    asked.map((each) => {
      const wanted = localOf(each);
      if (numbers.includes(wanted) || names.includes(plain(each))) return true;
      const [, kind] = /^(ORG|LOC)-/.exec(wanted) ?? [];
      // A reference with the id of a missing organization has no name, so it does not match a name.
      if (kind === undefined) return names.length === 0 && id === undefined ? undefined : false;
      return isAny(
        numbers.map((number) => number.slice(0, 4)),
        [`${kind}-`],
      )
        ? false
        : undefined;
    }),
  );
}
