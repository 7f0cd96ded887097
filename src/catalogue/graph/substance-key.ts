/**
 * Keys of substances: `Substance/code 100000085259`, or `Substance/name Amlodipine`. A substance is no FHIR record.
 * Products are searched by its code or name, which an ingredient or a list of substances states.
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

/** The pseudo resource type of substance keys. */
export const substanceType = 'Substance';

/** The key of a substance without code and name. No product can be found by this key. */
export const unnamedSubstance: Key = `${substanceType}/`;

/**
 * Which substances of a record the selection reads. From an ingredient: `own` is its substance; `bases` are those of
 * its reference strengths; `moieties` are the bases, or its own substance if it has no bases. From a product:
 * `impurities`.
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

/** Returns the code or name to search a substance by. */
export function substanceOfKey(key: Key): SubstanceFilter {
  const [kind = '', ...words] = idOf(key).split(' ');
  const text = words.join(' ');
  return kind === 'code' ? { codes: [text], names: [] } : { codes: [], names: [text] };
}

/** Returns the keys of the substances that a record names, each key once. */
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
