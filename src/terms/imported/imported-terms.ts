/**
 * Provides the terms that `terms import` stored in a folder. The list of parts is read when the folder is opened or
 * reloaded. Each part is read when it is needed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Reloadable } from '../../reload/reloadable.js';
import type { Term, TermSource } from '../source.js';
import { partsByList, readManifest, stampOf, type Manifest, type Part } from './manifest.js';
import { decodePart, type ReadablePart } from './part-file.js';

export interface ImportedTermsOptions {
  /**
   * Called if a part cannot be read, and if the folder cannot be read when it is opened. The previous version of a part
   * is still used.
   */
  readonly onFault?: (error: unknown, list?: string) => void;
}

export interface ImportedTerms extends TermSource, Reloadable {}

/** Maximum number of parsed terms in the cache. Other terms are parsed each time they are needed. */
const mostKept = 4_096;
/** Milliseconds until an unreadable part is read again. */
const retryMs = 10_000;

/**
 * Opens a folder of imported terms.
 * @param dir the folder, which need not exist yet
 */
export function openImportedTerms(
  dir: string,
  { onFault = () => {} }: ImportedTermsOptions = {},
): ImportedTerms {
  let parts: ReadonlyMap<string, readonly Part[]> = new Map();
  let lists: readonly string[] = [];
  let version = 0;
  /**
   * The parts that were read, by list and origin. If the new file of a part cannot be read, its older version is
   * still used.
   */
  const read = new Map<string, { readonly file: string; readonly part: ReadablePart }>();
  const failedAt = new Map<string, number>();
  /** Lists with a damaged line. Each list is reported once. */
  const told = new Set<string>();
  const kept = new LRUCache<string, Term>({ max: mostKept });

  function take(manifest: Manifest): void {
    parts = partsByList(manifest);
    lists = [...parts.keys()];
    const named = new Set(manifest.parts.map(keyOf));
    for (const key of read.keys()) if (!named.has(key)) read.delete(key);
    failedAt.clear();
    told.clear();
    kept.clear();
    version += 1;
  }

  function partOf(part: Part): ReadablePart | undefined {
    const key = keyOf(part);
    const before = read.get(key);
    if (before?.file === part.file) return before.part;
    if (performance.now() - (failedAt.get(key) ?? -Infinity) < retryMs) return before?.part;
    try {
      const found = decodePart(readFileSync(join(dir, part.file)));
      read.set(key, { file: part.file, part: found });
      // The terms in the cache were read without this part, so they are removed.
      if (failedAt.delete(key)) {
        kept.clear();
        version += 1;
      }
      return found;
    } catch (error) {
      failedAt.set(key, performance.now());
      onFault(error, part.list);
      return before?.part;
    }
  }

  function partsOf(list: string): readonly ReadablePart[] {
    return (parts.get(list) ?? []).flatMap((part) => partOf(part) ?? []);
  }

  function readTerm(list: string, from: readonly ReadablePart[], code: string): Term | undefined {
    const found = from.flatMap((part) => {
      try {
        return part.term(code) ?? [];
      } catch (error) {
        // If one line is damaged, other lines may still be readable.
        if (!told.has(list)) onFault(error, list);
        told.add(list);
        return [];
      }
    });
    return found.reduce<Term | undefined>(joined, undefined);
  }

  function termOf(list: string, code: string): Term | undefined {
    const from = partsOf(list);
    const key = `${list} ${code}`;
    const before = kept.get(key);
    if (before) return before;
    const term = readTerm(list, from, code);
    if (term) kept.set(key, term);
    return term;
  }

  try {
    take(readManifest(dir));
  } catch (error) {
    onFault(error);
  }

  return {
    name: 'terms',
    stamp: () => stampOf(dir),
    load: () => take(readManifest(dir)),
    lists: () => lists,
    term(list, code) {
      // Most services have no imported terms.
      return parts.has(list) ? termOf(list, code) : undefined;
    },
    anywhere(code) {
      return lists.flatMap((list) => termOf(list, code) ?? []);
    },
    terms(list) {
      const from = partsOf(list);
      const codes = new Set(from.flatMap((part) => part.codes));
      return [...codes].flatMap((code) => readTerm(list, from, code) ?? []);
    },
    get version() {
      return version;
    },
  };
}

function keyOf({ list, origin }: Part): string {
  return `${list} ${origin}`;
}

/** Merges two versions of a term. The first takes precedence; the second adds what the first lacks. */
function joined(first: Term | undefined, second: Term): Term {
  if (first === undefined) return second;
  const texts = new Map([...second.texts, ...first.texts]);
  const known = new Set(texts.values());
  const others = new Set([...first.otherNames, ...second.texts.values(), ...second.otherNames]);
  return {
    code: first.code,
    texts,
    otherNames: [...others].filter((name) => !known.has(name)),
    successor: first.successor ?? second.successor,
    atc: first.atc ?? second.atc,
    parent: first.parent ?? second.parent,
  };
}
