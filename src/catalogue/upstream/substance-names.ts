/**
 * Maps names of substances to their codes, as records state them. It is needed for upstreams that can search
 * substances only by code. A malformed record may list thousands of names and codes, so the number stored per record
 * and per name is limited.
 */
import { LRUCache } from 'lru-cache';
import { foldSubstance } from '../../facts/substances/substances.js';

export interface SubstanceNames {
  /** Returns the codes that records state for a name; empty if there are none. */
  codesOf(name: string): readonly string[];
  /** Stores all names of one substance with all its codes. */
  note(names: readonly string[], codes: readonly string[]): void;
}

/**
 * Maximum number of names, and of codes, that are stored from one record. A substance usually has one or two of each.
 */
const mostOfRecord = 20;
/** Maximum number of codes stored for one name. The first ones are stored. */
const mostOfName = 100;
/** Maximum number of characters of a stored name. People do not type longer names. */
const longestName = 1_000;
/** Maximum number of names cached with their folded spelling. Most records state the same substances. */
const mostFolded = 5_000;

/**
 * @param most maximum number of names; the most recent ones are stored, each in some hundred bytes. @default 20,000
 */
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
