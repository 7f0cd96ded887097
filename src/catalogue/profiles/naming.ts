/** Finds which parents of a search its children refer to. */
import { unlessOdd } from '../../fhir/elements.js';
import type { Reference } from 'fhir/r5.js';
import { parseReference, type ParsedReference } from '../../fhir/reference.js';
import type { FhirResource } from '../../fhir/resources.js';
import { groupBy } from '../graph/group.js';
import { idOf, typeOf, type Key } from '../graph/key.js';
import type { Reverse } from '../graph/link.js';

export interface Naming {
  /** The parents of the search. */
  readonly parents: ReadonlySet<Key>;
  /**
   * Returns the parents that a child refers to. If a reference is only an id, it refers to every parent with this id.
   */
  parentsOf(child: FhirResource): readonly Key[];
  /** Returns the parents that a child belongs to. If its references cannot be read, these are all parents. */
  parentsAt(child: FhirResource): readonly Key[];
  /** Whether all references of a child can be read, and all lead to records outside the given parents. */
  namesOthersOnly(child: FhirResource): boolean;
  /**
   * Like `namesOthersOnly`, for included records. Here a reference that is only an id counts as a reference to
   * another record.
   */
  isOfOthers(child: FhirResource): boolean;
}

/** Returns the references of a child to its parents; undefined if no reference can be read. */
export function referencesIn(question: Reverse, child: FhirResource): readonly Reference[] | undefined {
  return unlessOdd(() => {
    const given = question.names(child);
    // If one reference is malformed, all count as unreadable, because the malformed one may refer to any parent.
    let isTold = false;
    for (const reference of given) if (saysAnything(reference)) isTold = true;
    return isTold ? given : undefined;
  });
}

/** Whether a reference states anything. It reads every element, so it throws if an element is malformed. */
function saysAnything({ reference, type: _type, identifier, display }: Reference): boolean {
  const value = identifier?.value;
  return isTold(reference) || isTold(value) || isTold(display);
}

function isTold(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

export function createNaming(question: Reverse, parents: Iterable<Key>): Naming {
  const keys = new Set(parents);
  let byId: ReadonlyMap<string, readonly Key[]> | undefined;

  /** Compares the text of the reference with the keys, because most references look exactly like a key. */
  function isExact({ reference }: Reference): boolean {
    return reference !== undefined && keys.has(reference);
  }

  function parentsOf(child: FhirResource): readonly Key[] {
    const found: Key[] = [];
    for (const reference of referencesIn(question, child) ?? []) {
      const text = reference.reference;
      if (text !== undefined && isExact(reference)) found.push(text);
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
    const given = referencesIn(question, child) ?? [];
    if (given.some(isExact) || parentsOf(child).length > 0) return false;
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
