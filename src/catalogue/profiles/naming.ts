/** Which of the parents that a question is about its children name. */
import { unlessOdd } from '../../fhir/unless-odd.js';
import type { Reference } from 'fhir/r5.js';
import { parseReference, type ParsedReference } from '../../fhir/reference.js';
import type { FhirResource } from '../../fhir/resources.js';
import { groupBy } from '../graph/group.js';
import { idOf, typeOf, type Key } from '../graph/key.js';
import type { Reverse } from '../graph/link.js';

export interface Naming {
  /** All that the question is about. */
  readonly parents: ReadonlySet<Key>;
  /** The parents that a child names. A bare id is taken for any parent that has it. */
  parentsOf(child: FhirResource): readonly Key[];
  /** Those that a record belongs to; all of them, where that cannot be told. */
  parentsAt(child: FhirResource): readonly Key[];
  /** Whether all that a child names can be read, and none of it is one of the parents. */
  namesOthersOnly(child: FhirResource): boolean;
  /** The same of what came along, where a bare id is that of another record which came. */
  isOfOthers(child: FhirResource): boolean;
}

/** The references by which a child names its parents; undefined where it says nothing of them that can be read. */
export function referencesIn(question: Reverse, child: FhirResource): readonly Reference[] | undefined {
  return unlessOdd(() => {
    const given = question.names(child);
    // One that cannot be read may be of any parent, whatever the others say.
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
      // As nearly all are written, a reference is the very key.
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
