/** `pms-graphql terms import`: reads EMA's exports or FHIR CodeSystems into the folder of terms. */
import { importFiles, type ImportOutcome, type ImportProgress } from '../../terms/imported/import-files.js';
import type { Part } from '../../terms/imported/manifest.js';
import { listUses } from '../../terms/imported/uses.js';
import { anew, type Screen } from '../screen.js';
import { counted } from '../counted.js';

export interface ImportRun {
  readonly files: readonly string[];
  /** Folder for the imported terms. */
  readonly dir: string;
  /** The stream that shows progress, if it is a terminal. */
  readonly screen: Screen;
}

export interface ImportEnding {
  /** The text for the user. */
  readonly told: string;
  /** Whether no row was skipped. */
  readonly isWhole: boolean;
}

/**
 * Runs the import.
 * @throws TermsError if nothing was imported
 */
export async function runImport({ files, dir, screen }: ImportRun): Promise<ImportEnding> {
  const bar = createBar(screen);
  try {
    const outcome = await importFiles({ files, dir, importedAt: new Date(), onProgress: bar.show });
    bar.clear();
    return { told: summary(outcome, dir), isWhole: outcome.badRows === 0 };
  } finally {
    bar.clear();
  }
}

const barWidth = 24;
const barMs = 100;

function createBar(screen: Screen): { show(progress: ImportProgress): void; clear(): void } {
  let shownAt = -Infinity;
  return {
    show(progress) {
      const now = performance.now();
      if (!screen.isTTY || now - shownAt < barMs) return;
      shownAt = now;
      screen.write(`${anew}${barOf(progress).slice(0, (screen.columns || 80) - 1)}`);
    },
    clear() {
      if (shownAt > 0) screen.write(anew);
      shownAt = -Infinity;
    },
  };
}

/** `[######------------------] 25 % · 81,500 rows` */
export function barOf({ bytes, bytesRead, rows }: ImportProgress): string {
  const part = bytes === 0 ? 0 : Math.min(1, bytesRead / bytes);
  const full = Math.floor(part * barWidth);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
  return `${bar} ${Math.floor(part * 100)} % · ${counted(rows, 'row')}`;
}

function summary({ lists, badRows, named }: ImportOutcome, dir: string): string {
  const terms = lists.reduce((sum, part) => sum + part.terms, 0);
  const rest = badRows - named.length;
  return [
    ...lists.map(lineOf),
    `${counted(lists.length, 'list')} with ${counted(terms, 'term')} imported into ${dir}`,
    ...(badRows > 0 ? [`${counted(badRows, 'row')} left out:`] : []),
    ...named.map(({ file, where, why }) => `  ${file}, ${where} ${why}`),
    ...(rest > 0 ? [`  and ${counted(rest, 'more', 'more')}`] : []),
    '',
  ].join('\n');
}

function lineOf({ list, title, terms, rows, languages }: Part): string {
  const name = listUses.get(list)?.name ?? title;
  const numbers = [
    counted(terms, 'term'),
    counted(Object.keys(languages).length, 'language'),
    counted(rows, 'row'),
  ].join(', ');
  return `${list}${name ? ` ${name}` : ''}: ${numbers}`;
}
