/**
 * Maps names of substances to their codes, as read in records. Upstreams that search by codes alone need it. A
 * malformed record may list thousands of names and codes, so the number stored per record and per name is bounded.
 */
import { LRUCache } from 'lru-cache';
import { foldSubstance } from '../../facts/substances/substances.js';

export interface SubstanceNames {
  /** Returns the codes that records state for a name; empty if there are none. */
  codesOf(name: string): readonly string[];
  /** Notes all names of one substance with all its codes. */
  note(names: readonly string[], codes: readonly string[]): void;
}

/** Most names, and most codes, stored from one record. A substance has one or two of each. */
const mostOfRecord = 20;
/** Most codes stored for one name: the first ones. */
const mostOfName = 100;
/** Most characters of a stored name. People do not type longer names. */
const longestName = 1_000;
/** Names cached with their folded form, since most records name the same substances. */
const mostFolded = 5_000;

/** @param most number of names stored, the most recent ones; each takes some hundred bytes. @default 20,000 */
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
