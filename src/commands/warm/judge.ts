/** Decides whether a product was read with all its details. */
import type { Session } from '../../catalogue/catalogue.js';
import { ROOT, typeOf, type Key } from '../../catalogue/graph/key.js';
import { list } from '../../catalogue/waves/list.js';
import type { CutReason, State } from '../../catalogue/graph/relation.js';
import type { Selection } from '../../catalogue/question/selection.js';
import { createNextFetches } from '../../catalogue/known/next-fetches.js';

/** Error codes of gaps that a later attempt may fill. Data that an upstream never has do not count as a failure. */
const codes: Readonly<Partial<Record<CutReason, string>>> = {
  BUDGET: 'UPSTREAM_BUDGET_EXCEEDED',
  TIME: 'UPSTREAM_TIMEOUT',
  PAGE_FAILED: 'UPSTREAM_INCOMPLETE',
};

/**
 * Returns the code of the first failure, or `NOT_FOUND` if the product does not exist; undefined if nothing failed.
 */
export function failureOf(selections: readonly Selection[], { known }: Session): string | undefined {
  for (const page of selections) {
    const root = list(page.link, ROOT, page.args, known, createNextFetches(), page.below.size > 0);
    if (root && root.dangling.length > 0) return 'NOT_FOUND';
    if (root?.state.kind === 'failed') return root.state.error.code;
    const failure = failureBelow(page, ROOT, known);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function failureBelow(selection: Selection, parent: Key, known: Session['known']): string | undefined {
  const { link, args, below } = selection;
  const rows = list(link, parent, args, known, createNextFetches(), below.size > 0);
  const failure = rows && codeOf(rows.state);
  if (failure !== undefined) return failure;
  for (const ref of rows?.refs ?? []) {
    for (const next of below.get(typeOf(ref)) ?? []) {
      const failureThere = failureBelow(next, ref, known);
      if (failureThere !== undefined) return failureThere;
    }
  }
  return undefined;
}

function codeOf(state: State): string | undefined {
  if (state.kind === 'cut') return codes[state.reason];
  return state.kind === 'failed' && state.error.code !== 'UPSTREAM_UNSUPPORTED'
    ? state.error.code
    : undefined;
}
