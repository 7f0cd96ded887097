/** Reads a searchset page by page, to its end or to the first reason to stop, which is told. */
import type { Page } from '../../fhir/bundle.js';
import { isPmsError, PmsError } from '../../errors.js';
import { keyOf, type Key } from '../key.js';
import { LedgerSpent } from '../ledger.js';
import { complete, type CutReason, type State } from '../relation.js';
import type { Operation } from './route.js';

/**
 * Visits every page from `first` on.
 * @returns complete, or why it ended before
 */
export async function readToEnd(
  first: Page,
  { client, ledger }: Operation,
  visit: (page: Page) => void,
): Promise<State> {
  const links = new Set<string>();
  const count = createCount(first.total);
  let page = first;
  for (;;) {
    visit(page);
    count.add(page);
    if (page.next === undefined) return count.state();
    // A chain that leads back into itself never ends.
    if (links.has(page.next)) return cut('PAGE_FAILED');
    if (!ledger.mayPage()) return cut('BUDGET');
    links.add(page.next);
    const next = await nextPage(page.next);
    if ('kind' in next) return next;
    page = next;
  }

  async function nextPage(link: string): Promise<Page | State> {
    try {
      return await client.page(link);
    } catch (error) {
      if (error instanceof LedgerSpent) return cut('BUDGET');
      // What the first pages brought is kept and marked; a client that went away ends everything.
      if (isPmsError(error)) return cut('PAGE_FAILED');
      throw error;
    }
  }
}

export interface Count {
  add(page: Page): void;
  /** What is to be said of the pages so far, whatever comes after them. */
  readable(): State;
  /** What is to be said when there are no more pages. */
  state(): State;
}

/** Counts what pages brought, each record once, against what the upstream says there is. */
export function createCount(total: number | undefined): Count {
  const keys = new Set<Key>();
  let others = 0;
  let unreadable = 0;
  const readable = (): State => (unreadable > 0 ? cut('UNREADABLE_ENTRIES') : complete);
  return {
    readable,
    add({ resources, included, entries, unreadable: unusable }) {
      for (const resource of [...resources, ...included]) keys.add(keyOf(resource));
      // Types that are not read here count as well.
      others += entries - resources.length - included.length;
      unreadable += unusable;
    },
    state() {
      const isShort = total !== undefined && keys.size + others < total;
      return unreadable === 0 && isShort ? cut('FEWER_THAN_TOTAL') : readable();
    },
  };
}

/** What came of a resource that could not be read: for want of requests it is missing, not broken. */
export function unread(error: PmsError): PmsError {
  if (!(error instanceof LedgerSpent)) return error;
  return new PmsError(
    'UPSTREAM_INCOMPLETE',
    'Something referred to was not read: this operation has used up its upstream requests.',
  );
}

export function cut(reason: CutReason): State {
  return { kind: 'cut', reason };
}
