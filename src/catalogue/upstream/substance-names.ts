/**
 * What records have shown substances to be called: the names of each code, for upstreams that search by codes alone. A record
 * may have thousands of both: of each record, and of each name, no more are kept than one substance can mean.
 */

export interface SubstanceNames {
  /** The codes that a name was shown for; empty where it was shown for none. @param name folded */
  codesOf(name: string): readonly string[];
  /** All that one substance is called, by all of its codes. @param names folded */
  note(names: readonly string[], codes: readonly string[]): void;
}

/** Of one record; it has a name and a code or two. */
export const mostOfRecord = 20;
/** Of one name, the first that were seen. */
const mostOfName = 100;

/** @param most names that are kept, the newest; each takes some hundred bytes. @default 20,000 */
export function createSubstanceNames({ most = 20_000 }: { readonly most?: number } = {}): SubstanceNames {
  const codesBy = new Map<string, Set<string>>();

  function noteOne(name: string, codes: readonly string[]): void {
    const known = codesBy.get(name) ?? new Set<string>();
    const added = codes.filter((code) => !known.has(code));
    if (added.length === 0) return;
    for (const code of added) if (known.size < mostOfName) known.add(code);
    codesBy.delete(name);
    codesBy.set(name, known);
    const [oldest] = codesBy.size > most ? codesBy.keys() : [];
    if (oldest !== undefined) codesBy.delete(oldest);
  }

  return {
    codesOf: (name) => [...(codesBy.get(name) ?? [])],
    note(names, codes) {
      const some = codes.slice(0, mostOfRecord);
      for (const name of names.slice(0, mostOfRecord)) noteOne(name, some);
    },
  };
}
