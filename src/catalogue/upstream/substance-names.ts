/**
 * The names of substances by their codes, as records show them, for upstreams that search by codes alone. A record may
 * have thousands of both. So of each record, and of each name, no more are kept than one substance can mean.
 */
import { LRUCache } from 'lru-cache';

export interface SubstanceNames {
  /** Returns the codes that were shown for a name; empty where none were. @param name folded */
  codesOf(name: string): readonly string[];
  /** Notes all names of one substance with all its codes. @param names folded */
  note(names: readonly string[], codes: readonly string[]): void;
}

/** Names, and codes, that are kept of one record. A substance has one or two of each. */
const mostOfRecord = 20;
/** Codes that are kept of one name: the first ones. */
const mostOfName = 100;

/** @param most names that are kept, the newest; each takes some hundred bytes. @default 20,000 */
export function createSubstanceNames({ most = 20_000 }: { readonly most?: number } = {}): SubstanceNames {
  const codesBy = new LRUCache<string, Set<string>>({ max: most });

  function noteOne(name: string, codes: readonly string[]): void {
    const known = codesBy.peek(name) ?? new Set<string>();
    const added = codes.filter((code) => !known.has(code));
    if (added.length === 0) return;
    for (const code of added) if (known.size < mostOfName) known.add(code);
    codesBy.set(name, known);
  }

  return {
    codesOf: (name) => [...(codesBy.peek(name) ?? [])],
    note(names, codes) {
      const some = codes.slice(0, mostOfRecord);
      for (const name of names.slice(0, mostOfRecord)) noteOne(name, some);
    },
  };
}
