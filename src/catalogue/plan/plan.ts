/** Computes, before the first upstream call, how many requests an operation needs and how many it may use. */
import { PmsError } from '../../errors.js';
import { createForeseen, type Demand, type Measures, type Referring } from '../profiles/foreseen.js';
import type { Price } from '../profiles/price.js';
import type { Profile, ProfileName } from '../profiles/profile.js';
import type { Searcher } from '../profiles/searchers/searcher.js';
import { ableFor } from '../profiles/searchers/searchers.js';
import type { Selection } from '../question/selection.js';
import { forecast } from './forecast.js';

/** One upstream search or read. It is sent for all its parents together. */
export interface PlanStep {
  readonly asks: string;
  /** The expected number of parents or records. */
  readonly of: number;
  readonly need: number;
  readonly granted: number;
}

export interface Plan {
  readonly profile: ProfileName;
  /** The number of upstream requests if lists have their usual length and every page is full. */
  readonly need: number;
  /**
   * The maximum number of upstream requests that the operation is expected to send. The ledger raises this number if
   * more requests are sent.
   */
  readonly estimated: number;
  /** The part of `need` that comes after the operation's root searches. The ledger reserves these requests. */
  readonly planned: number;
  readonly steps: readonly PlanStep[];
  /** The expected reads by id: each with the type that is read and the type that refers to it. */
  readonly reads: readonly Referring[];
}

/** The profiles and searchers that can answer an operation. */
export interface Answerers {
  /** The profiles; the one that needs the fewest requests comes first. */
  readonly profiles: readonly Profile[];
  /** The searchers; the upstream's own search comes first. */
  readonly searchers: readonly [Searcher, ...Searcher[]];
}

/**
 * Returns the plan with the fewest requests among all profiles that can answer the operation. If plans need equally
 * many, the first one is returned.
 */
export function plan(selections: readonly Selection[], askable: Answerers, measures: Measures): Plan {
  let best: Plan | undefined;
  for (const profile of askable.profiles) {
    const next = planFor(selections, profile, askable, measures);
    if (!best || next.need < best.need) best = next;
  }
  if (!best) throw new TypeError('A plan needs a profile.');
  return best;
}

/** @throws UPSTREAM_BUDGET_EXCEEDED before any request, if the operation needs more requests than its budget */
export function refuseOverBudget(
  selections: readonly Selection[],
  { need, profile: name }: Plan,
  askable: Answerers,
  measures: Measures,
): void {
  if (need <= measures.budget) return;
  const profile = askable.profiles.find((each) => each.name === name);
  const costs = selections.map((selection) => ({
    selection,
    cost: profile ? planFor([selection], profile, askable, measures).need : 0,
  }));
  const { path, args } = costs.reduce((most, next) => (next.cost > most.cost ? next : most)).selection;
  const what = args.search
    ? `Lower "first" of "${path.join('.')}", which is ${args.search.first}`
    : `Request less data below "${path.join('.')}"`;
  throw new PmsError(
    'UPSTREAM_BUDGET_EXCEEDED',
    `This operation needs at least ${need} upstream requests, but only ${measures.budget} are allowed. ${what}, or split the operation.`,
  );
}

function planFor(
  selections: readonly Selection[],
  profile: Profile,
  { searchers }: Answerers,
  measures: Measures,
): Plan {
  const foreseen = createForeseen();
  const pricing = profile.price(selections, measures, foreseen);
  forecast(selections, {
    measures,
    foreseen,
    pricing,
    searcherFor: (search) => ableFor(search, searchers, measures)[0],
    searcherNamed: (name) => searchers.find((each) => each.name === name),
  });
  const steps: PlanStep[] = [];
  let [need, granted, atRoot] = [0, 0, 0];
  for (const demand of foreseen.demands()) {
    const price = pricing.price(demand);
    need += price.need;
    granted += price.granted;
    if (demand.by === 'root') atRoot += price.need;
    steps.push(stepOf(demand, price, measures.budget));
  }
  // Adds room for lists of unknown length. An operation without upstream selections gets none.
  const asksNothing =
    steps.length === 0 &&
    selections.every(({ args, below }) => args.asked && !below.has('MedicinalProductDefinition'));
  const estimated = asksNothing ? 0 : Math.max(granted, Math.ceil(1.5 * need)) + 1;
  return {
    profile: profile.name,
    need,
    estimated: Math.min(measures.budget, Math.ceil(estimated)),
    planned: need - atRoot,
    steps,
    reads: [...foreseen.reads()],
  };
}

function stepOf({ question, parents }: Demand, { need, granted, isAlong }: Price, budget: number): PlanStep {
  let of = 0;
  for (const share of parents.values()) of += share.parents;
  return {
    asks: isAlong ? `${question} (included)` : question,
    of: Math.ceil(of),
    need,
    granted: Math.min(granted, budget),
  };
}
