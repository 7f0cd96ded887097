/**
 * `pms-graphql terms status`: reports the imported lists. For each list that is missing, it names the fields and
 * filters that have fewer texts and search words.
 */
import { emaTerms } from '../../terms/ema-terms.js';
import { openImportedTerms } from '../../terms/imported/imported-terms.js';
import { partsByList, readManifest, type Part } from '../../terms/imported/manifest.js';
import { listUses } from '../../terms/imported/uses.js';
import { counted } from '../counted.js';

export interface TermsStatus {
  readonly dir: string;
  /** The imported lists. */
  readonly lists: readonly ListStatus[];
  /** Lists that the service uses, but that were not imported. */
  readonly missing: readonly MissingList[];
}

export interface ListStatus {
  readonly list: string;
  readonly name: string | null;
  /** Whether the file of the list is intact. */
  readonly readable: boolean;
  readonly terms: number;
  readonly rows: number;
  /** Number of terms with a text, by language. */
  readonly languages: Readonly<Record<string, number>>;
  /** When the list was imported, as an instant in ISO 8601. */
  readonly importedAt: string;
  /** `rms` for EMA's export, or the canonical addresses of CodeSystems. */
  readonly origins: readonly string[];
}

export interface MissingList {
  readonly list: string;
  readonly name: string;
  /** GraphQL fields that have fewer texts without the list. */
  readonly fields: readonly string[];
  /** Parts of `ProductFilter` that recognize fewer search words without the list. */
  readonly filters: readonly string[];
  /** Number of terms of the list that are built into the service. */
  readonly builtIn: number;
}

/**
 * Reads the status.
 * @throws TermsError if the folder cannot be read
 */
export function statusOf(dir: string): TermsStatus {
  const imported = partsByList(readManifest(dir));
  const unreadable = new Set<string>();
  const source = openImportedTerms(dir, { onFault: (_, list) => unreadable.add(list ?? '') });
  const lists = [...imported].map(([list, parts]) => {
    // Reads every line of the list, and so checks that its file is intact.
    source.terms(list);
    return listStatus(list, parts, !unreadable.has(list));
  });
  const missing = [...listUses]
    .filter(([list]) => !imported.has(list))
    .map(([list, use]) => ({ list, ...use, builtIn: Object.keys(emaTerms[list] ?? {}).length }));
  return { dir, lists, missing };
}

function listStatus(list: string, parts: readonly Part[], readable: boolean): ListStatus {
  return {
    list,
    name: listUses.get(list)?.name ?? parts.find(({ title }) => title)?.title ?? null,
    readable,
    terms: Math.max(...parts.map(({ terms }) => terms)),
    rows: Math.max(...parts.map(({ rows }) => rows)),
    languages: languagesOf(parts),
    importedAt:
      parts
        .map(({ importedAt }) => importedAt)
        .sort()
        .at(-1) ?? '',
    origins: parts.map(({ origin }) => origin),
  };
}

/**
 * Returns the number of terms with a text, by language. The parts of a list usually contain the same terms, so the
 * highest number of any part is used.
 */
function languagesOf(parts: readonly Part[]): Readonly<Record<string, number>> {
  const numbers = new Map<string, number>();
  for (const [language, number] of parts.flatMap(({ languages }) => Object.entries(languages)))
    numbers.set(language, Math.max(number, numbers.get(language) ?? 0));
  return Object.fromEntries([...numbers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns the status as text for people. */
export function printed({ dir, lists, missing }: TermsStatus): string {
  return [
    ...(lists.length === 0 ? [`No terms are imported into ${dir}`] : [`Imported into ${dir}:`]),
    ...lists.map(printedList),
    '',
    ...(missing.length === 0
      ? ['Every list that this service uses is imported.']
      : ['These lists are not imported, so the service has fewer texts and search words for their fields:']),
    ...missing.map(printedMissing),
    '',
  ].join('\n');
}

function printedList({ list, name, readable, terms, rows, languages, importedAt }: ListStatus): string {
  const tags = Object.keys(languages);
  const about = `${counted(terms, 'term')} in ${counted(tags.length, 'language')} (${tags.join(' ')}), ${counted(rows, 'row')}, ${importedAt.slice(0, 10)}`;
  return `  ${list} ${name ?? '(no field uses it)'}: ${readable ? '' : 'DAMAGED, import it again; '}${about}`;
}

function printedMissing({ list, name, fields, filters, builtIn }: MissingList): string {
  const uses = [...fields, ...filters.map((filter) => `filter.${filter}`)].join(', ');
  return `  ${list} ${name}: ${uses} (${counted(builtIn, 'term')} built in)`;
}
