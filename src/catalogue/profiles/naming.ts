/** Finds which of the parents of a question its children name. */
import { unlessOdd } from '../../fhir/unless-odd.js';
import type { Reference } from 'fhir/r5.js';
import { parseReference, type ParsedReference } from '../../fhir/reference.js';
import type { FhirResource } from '../../fhir/resources.js';
import { groupBy } from '../graph/group.js';
import { idOf, typeOf, type Key } from '../graph/key.js';
import type { Reverse } from '../graph/link.js';

export interface Naming {
  /** All parents of the question. */
  readonly parents: ReadonlySet<Key>;
  /** Returns the parents that a child names. A bare id counts for any parent that has it. */
  parentsOf(child: FhirResource): readonly Key[];
  /** Returns the parents that a record belongs to; all parents where the record does not say. */
  parentsAt(child: FhirResource): readonly Key[];
  /** Whether each reference of a child can be read, and none of them names one of the parents. */
  namesOthersOnly(child: FhirResource): boolean;
  /** The same for included records, where a bare id names another record that came. */
  isOfOthers(child: FhirResource): boolean;
}

/** Returns the references by which a child names its parents; undefined where it has none that can be read. */
export function referencesIn(question: Reverse, child: FhirResource): readonly Reference[] | undefined {
  return unlessOdd(() => {
    const given = question.names(child);
    // An unreadable reference may name any parent, whatever the others say.
    return given.map(saysAnything).includes(true) ? given : undefined;
  });
}

function saysAnything({ reference, type: _type, identifier, display }: Reference): boolean {
  return [reference, identifier?.value, display].some((each) => each !== undefined && each !== '');
}

export function createNaming(question: Reverse, parents: Iterable<Key>): Naming {
  const keys = new Set(parents);
  let byId: ReadonlyMap<string, readonly Key[]> | undefined;

  function parentsOf(child: FhirResource): readonly Key[] {
    const found: Key[] = [];
    for (const reference of referencesIn(question, child) ?? []) {
      // Nearly all references are written exactly like the key.
      const text = reference.reference;
      if (text !== undefined && keys.has(text)) found.push(text);
      else addNamed(parseReference(reference, question.parents), found);
    }
    return found;
  }

  function addNamed(named: ParsedReference, found: Key[]): void {
    if (named.kind !== 'literal' && named.kind !== 'untyped') return;
    byId ??= groupBy(keys, idOf);
    for (const key of byId.get(named.id) ?? [])
      if (named.kind === 'untyped' || typeOf(key) === named.type) found.push(key);
  }

  function namesOthersOnly(child: FhirResource, ...read: readonly ParsedReference['kind'][]): boolean {
    if (parentsOf(child).length > 0) return false;
    const given = referencesIn(question, child) ?? [];
    const named = given.map((reference) => parseReference(reference, question.parents));
    return named.length > 0 && named.every(({ kind }) => kind === 'literal' || read.includes(kind));
  }

  return {
    parents: keys,
    parentsOf,
    namesOthersOnly: (child) => namesOthersOnly(child),
    isOfOthers: (child) => namesOthersOnly(child, 'untyped'),
    parentsAt(child) {
      const named = parentsOf(child);
      return named.length > 0 || namesOthersOnly(child) ? named : [...keys];
    },
  };
}
