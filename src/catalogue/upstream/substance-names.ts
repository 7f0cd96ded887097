/** What records have shown substances to be called: the names of each code, for upstreams that search by codes alone. */

export interface SubstanceNames {
  /** The codes that a name was shown for; empty where it was shown for none. @param name folded */
  codesOf(name: string): readonly string[];
  note(name: string, code: string): void;
}

/** @param most names that are kept, the newest; each takes some hundred bytes. @default 20,000 */
export function createSubstanceNames({ most = 20_000 }: { readonly most?: number } = {}): SubstanceNames {
  const codes = new Map<string, ReadonlySet<string>>();
  return {
    codesOf: (name) => [...(codes.get(name) ?? [])],
    note(name, code) {
      const before = codes.get(name);
      if (before?.has(code)) return;
      codes.delete(name);
      codes.set(name, new Set([...(before ?? []), code]));
      const [oldest] = codes.size > most ? codes.keys() : [];
      if (oldest !== undefined) codes.delete(oldest);
    },
  };
}
