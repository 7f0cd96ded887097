/**
 * The names of substances by their codes, as records show them, for upstreams that search by codes alone. A record may
 * have thousands of both. So of each record, and of each name, no more are kept than one substance can mean.
 */
import { LRUCache } from 'lru-cache';
import { foldSubstance } from '../../facts/substances/substances.js';

export interface SubstanceNames {
  /** Returns the codes that were shown for a name; empty where none were. */
  codesOf(name: string): readonly string[];
  /** Notes all names of one substance with all its codes. */
  note(names: readonly string[], codes: readonly string[]): void;
}

/** Names, and codes, that are kept of one record. A substance has one or two of each. */
const mostOfRecord = 20;
/** Codes that are kept of one name: the first ones. */
const mostOfName = 100;
/** Characters of a name. A longer text is not one that people type. */
const longestName = 1_000;
/** Names that are kept beside their folded form, since most records name the same substances. */
const mostFolded = 5_000;

/** @param most names that are kept, the newest; each takes some hundred bytes. @default 20,000 */
export function createSubstanceNames({ most = 20_000 }: { readonly most?: number } = {}): SubstanceNames {
  const codesBy = new LRUCache<string, Set<string>>({ max: most });
  const foldedBy = new LRUCache<string, string>({ max: mostFolded });

  function noteOne(given: string, codes: readonly string[]): void {
    if (given.length > longestName) return;
    const name = foldedBy.get(given) ?? foldSubstance(given);
    foldedBy.set(given, name);
    const known = codesBy.peek(name) ?? new Set<string>();
    const added = codes.filter((code) => !known.has(code));
    if (added.length === 0) return;
    for (const code of added) if (known.size < mostOfName) known.add(code);
    codesBy.set(name, known);
  }

  return {
    codesOf: (name) => [...(codesBy.peek(foldSubstance(name)) ?? [])],
    note(names, codes) {
      const some = codes.slice(0, mostOfRecord);
      for (const name of names.slice(0, mostOfRecord)) noteOne(name, some);
    },
  };
}
