/**
 * Keys of substances: `Substance/code 100000085259`, or `Substance/name Amlodipine`. Such a substance is not a FHIR
 * record. Its code or name comes from an ingredient or from a list of substances, and is used to search for products.
 */
import type { CodeableReference } from 'fhir/r5.js';
import {
  substanceFilterOf,
  eachSubstance,
  namedBy,
  substancesIn,
  type SubstanceFilter,
} from '../../facts/substances/substances.js';
import { elements } from '../../fhir/elements.js';
import type { FhirResource } from '../../fhir/resources.js';
import { idOf, isOfType, type Key } from './key.js';

/** The resource type in the keys of substances. It is not a type of FHIR. */
export const substanceType = 'Substance';

/** The key of a substance with neither code nor name. It cannot be used to search for products. */
export const unnamedSubstance: Key = `${substanceType}/`;

/**
 * Which substances of a record the operation selects. For an ingredient, `own` is its substance, `bases` are the
 * reference substances of its strengths, and `moieties` are the bases or, without bases, its own substance. For a
 * product, `impurities` are its impurities.
 */
export type ShownSubstances = 'own' | 'bases' | 'moieties' | 'impurities';

/** Returns the key of a substance; undefined if the substance has neither code nor name. */
export function keyOfSubstance(told: CodeableReference | undefined): Key | undefined {
  const asked = substanceFilterOf(namedBy(told));
  if (!asked) return undefined;
  const {
    codes: [code],
    names: [name],
  } = asked;
  return `${substanceType}/${code === undefined ? `name ${name}` : `code ${code}`}`;
}

export function isSubstanceKey(key: Key): boolean {
  return isOfType(key, substanceType);
}

/** Returns the code or name of a substance, for a search. */
export function substanceOfKey(key: Key): SubstanceFilter {
  const [kind = '', ...words] = idOf(key).split(' ');
  const text = words.join(' ');
  return kind === 'code' ? { codes: [text], names: [] } : { codes: [], names: [text] };
}

/** Returns the keys of the substances that a record states. Each key occurs once. */
export function substanceKeysIn(record: FhirResource, shown: ShownSubstances): readonly Key[] {
  const told = toldIn(record, shown);
  return [...new Set(told.flatMap(eachSubstance).flatMap((each) => keyOfSubstance(each) ?? []))];
}

function toldIn(record: FhirResource, shown: ShownSubstances): readonly (CodeableReference | undefined)[] {
  if (record.resourceType === 'MedicinalProductDefinition')
    return shown === 'impurities' ? elements(record.impurity) : [];
  if (record.resourceType !== 'Ingredient') return [];
  const bases = substancesIn(record).bases.map(({ told }) => told.substance);
  const isOwn = shown === 'own' || (shown === 'moieties' && bases.length === 0);
  return isOwn ? [record.substance?.code] : bases;
}
