/** Finds organizations by id, by business number or by name. */
import { displayIn } from '../fhir/display-id.js';
import { isFhirId, resourceKey } from '../fhir/reference.js';
import { foldText } from '../terms/fold.js';
import { foldNumber } from '../terms/numbers.js';
import { identifiersOf, textsOf } from './concepts.js';
import type { Test } from './fact.js';

/** Returns a function that tests whether a record is one of the organizations that the values name. */
export function isOrganization(values: readonly string[]): Test {
  const keys = new Set(values.flatMap((value) => organizationKey(value) ?? []));
  const names = new Set(values.flatMap((value) => organizationName(value) ?? []).map(foldText));
  const numbers = new Set([...keys].map((key) => foldNumber(idIn(key))));
  const kinds = [...keys].flatMap((key) => kindOfNumber(idIn(key)) ?? []);
  return (resource, key) => {
    const organization = resource?.resourceType === 'Organization' ? resource : undefined;
    if (keys.has(key)) return true;
    const own = [idIn(key), ...identifiersOf(organization?.identifier).map(({ value }) => value)];
    if (own.some((value) => numbers.has(foldNumber(value)))) return true;
    // For example, a record that states only a location number may still be the organization of the filter.
    const kindsTold = new Set(own.map(kindOfNumber));
    const otherwise = kinds.every((kind) => kindsTold.has(kind)) ? false : undefined;
    if (!organization) return names.size === 0 ? otherwise : undefined;
    const told = textsOf([organization.name, ...textsOf(organization.alias)]);
    return told.some((name) => names.has(foldText(name))) || otherwise;
  };
}

/**
 * Returns whether a number belongs to an organization (`ORG`) or to a location (`LOC`). EMA numbers the two
 * separately.
 */
function kindOfNumber(value: string): string | undefined {
  return /^\s*(ORG|LOC)-/i.exec(value)?.[1]?.toUpperCase();
}

function idIn(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

/**
 * Returns the record key for an id, either a FHIR id or an id of this API; undefined for a value that can only be a
 * name.
 */
export function organizationKey(value: string): string | undefined {
  const id = value.trim().replace(/^Organization[:/]/, '');
  return isFhirId(id) ? resourceKey('Organization', id) : undefined;
}

/** Returns the name of an organization; undefined for a value that can only be an id. */
export function organizationName(value: string): string | undefined {
  const id = value.trim().replace(/^Organization[:/]/, '');
  const display = displayIn(id);
  if (display) return display.name;
  return /^(ORG|LOC)-\d+$/i.test(id) || id !== value.trim() ? undefined : value.trim();
}
