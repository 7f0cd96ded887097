/** Works out, before the first call, what an operation costs upstream: what it needs, and what it is granted at most. */
import { PmsError } from '../../errors.js';
import { demandsOf, type Measures, type Referring } from './demand.js';
import { priceOf, type PlanStep } from './price.js';
import type { ProfileName } from '../profiles/profile.js';
import type { Selection } from '../question/selection.js';

export interface Plan {
  readonly profile: ProfileName;
  /** Requests if lists are as long as they usually are and every page is full. */
  readonly need: number;
  /** The bound, as far as can be foreseen; never below what is spent (see `Ledger`). */
  readonly estimated: number;
  /** Of `need`, what comes after the searches at the operation's root, and is kept back for it. */
  readonly planned: number;
  readonly steps: readonly PlanStep[];
  /** Reads by id that are reckoned with, by what is read and what refers to it. */
  readonly reads: readonly Referring[];
}

/** The plan that needs the fewest requests, of the profiles that can answer; the first of equals. */
export function plan(
  selections: readonly Selection[],
  profiles: readonly ProfileName[],
  measures: Measures,
): Plan {
  const plans = profiles.map((profile) => planFor(selections, profile, measures));
  return plans.reduce((best, next) => (next.need < best.need ? next : best));
}

/** @throws UPSTREAM_BUDGET_EXCEEDED when the operation needs more than it may have; nothing has been sent then */
export function refuseOverBudget(
  selections: readonly Selection[],
  { need, profile }: Plan,
  measures: Measures,
): void {
  if (need <= measures.budget) return;
  const costs = selections.map((selection) => ({
    selection,
    cost: planFor([selection], profile, measures).need,
  }));
  const { path, args } = costs.reduce((most, next) => (next.cost > most.cost ? next : most)).selection;
  const what = args.search
    ? `Lower "first" of "${path.join('.')}", which is ${args.search.first}`
    : `Ask for less at once below "${path.join('.')}"`;
  throw new PmsError(
    'UPSTREAM_BUDGET_EXCEEDED',
    `This operation needs at least ${need} upstream requests, and ${measures.budget} are allowed. ${what}, or split the operation.`,
  );
}

function planFor(selections: readonly Selection[], profile: ProfileName, measures: Measures): Plan {
  const demanded = demandsOf(profile, selections, measures);
  const { need, granted, atRoot, steps } = priceOf(demanded, profile, measures);
  // Some room for what was never seen before; where nothing is asked, nothing is granted.
  const estimated = selections.length === 0 ? 0 : Math.max(granted, Math.ceil(1.5 * need)) + 1;
  return {
    profile,
    need,
    estimated: Math.min(measures.budget, Math.ceil(estimated)),
    planned: need - atRoot,
    steps,
    reads: demanded.reads,
  };
}
