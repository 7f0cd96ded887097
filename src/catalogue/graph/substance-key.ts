/**
 * Keys of substances: `Substance/code 100000085259`, or `Substance/name Amlodipine`. A substance is no record: it is what
 * products are found by, from the ingredient that names it, or from a list of substances.
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

/** Stands for the type of a resource where something is asked below substances. */
export const substanceType = 'Substance';

/** The key of a substance without code and name. No product can be found by it. */
export const unnamedSubstance: Key = `${substanceType}/`;

/**
 * Which substances of a record are shown. Of an ingredient its own, those that its strengths are counted in, or these
 * where there are any; of a product its impurities.
 */
export type ShownSubstances = 'own' | 'bases' | 'moieties' | 'impurities';

/** Undefined without code and name. */
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

/** Returns the code or name that a substance is searched by. */
export function substanceOfKey(key: Key): SubstanceFilter {
  const [kind = '', ...words] = idOf(key).split(' ');
  const text = words.join(' ');
  return kind === 'code' ? { codes: [text], names: [] } : { codes: [], names: [text] };
}

/** The keys of the substances that a record names, each once. */
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
