/** What an operation will ask the upstream, before anything is known: in numbers instead of records. */
import type { ResourceType } from '../../fhir/resources.js';
import type { KnownFeatures } from '../upstream/features.js';
import type { Figures } from '../upstream/figures.js';
import type { Key } from '../graph/key.js';

/** What is known of the upstream when an operation is planned. */
export interface Measures {
  readonly features: KnownFeatures;
  readonly figures: Figures;
  readonly budget: number;
  /** Characters of the longest URL that is sent. */
  readonly longestUrl: number;
  /** The product that a record was seen with, where that is known at once. */
  readonly productOf: (key: Key) => Key | undefined;
}

/** Resources of one type that a plan reckons with, as many as `usual`, hardly ever more than `most`. */
export interface Population {
  /** The same however it was come by: what is asked of it is asked once. */
  readonly name: string;
  readonly type: ResourceType;
  readonly usual: number;
  readonly most: number;
  /** The wave in which they are known, and more can be asked about them. */
  readonly wave: number;
  /** Whether they are there with what was asked before, so that reading them costs nothing. */
  readonly inHand: boolean;
  /** What they were found from: what leads back to a type of these leads to them, as a rule. */
  readonly from?: Population | undefined;
  /** What refers to them, where they were found by references. */
  readonly referredBy?: ResourceType;
  /** Whether what is read of products anyway lacks them. */
  readonly isElsewhere?: boolean;
  /** Whether they are held with all that belongs to them, which costs nothing. */
  readonly isHeld?: boolean;
}

/** What one question of one wave is asked for, and what may come of it. */
export interface Demand {
  readonly question: string;
  readonly by: 'search' | 'read' | 'bundle' | 'root' | 'spare';
  readonly parents: Map<string, Share>;
  /** Whether it is asked as a rule, or only where something else is empty. */
  isNeeded: boolean;
}

export interface Share {
  /** The type of the parents of a search. */
  readonly of?: ResourceType;
  readonly parents: number;
  readonly mostParents: number;
  readonly usual: number;
  readonly most: number;
}

/** Reads by id that are reckoned with: what is read, and what refers to it. */
export interface Referring {
  readonly type: ResourceType;
  readonly from: ResourceType;
}

/** Gathers what an operation will ask. What is asked twice, in whatever wave, counts once. */
export interface Foreseen {
  readonly demands: Iterable<Demand>;
  readonly populations: Iterable<Population>;
  readonly reads: Iterable<Referring>;
  /** @param name of the population that it is asked for */
  demand(question: string, by: Demand['by'], wave: number, name: string, share: Share): void;
  population(made: Population): Population;
  /** Reads by their ids what was found by references, or named. */
  read(found: Population): void;
  /** What is asked in `ask` is reckoned with, and not needed as a rule. */
  spare(ask: () => void): void;
}

/** One of one. */
export const single: Share = { parents: 1, mostParents: 1, usual: 1, most: 1 };

export function createForeseen(): Foreseen {
  const demands = new Map<string, Demand>();
  const populations = new Map<string, Population>();
  const askedOf = new Map<string, number>();
  const reads = new Map<string, Referring>();
  let isNeeded = true;

  function demand(question: string, by: Demand['by'], wave: number, name: string, share: Share): void {
    // What was asked in an earlier wave is known by then.
    const before = askedOf.get(`${question} of ${name}`);
    const first = Math.min(wave, before ?? wave);
    const at = `${question} in ${first}`;
    const made = demands.get(at) ?? { question, by, parents: new Map<string, Share>(), isNeeded: false };
    askedOf.set(`${question} of ${name}`, first);
    const held = made.parents.get(name);
    if (!held || held.most < share.most || held.mostParents < share.mostParents)
      made.parents.set(name, share);
    made.isNeeded ||= isNeeded;
    demands.set(at, made);
  }

  return {
    get demands() {
      return demands.values();
    },
    get populations() {
      return populations.values();
    },
    get reads() {
      return reads.values();
    },
    demand,
    population(made) {
      const before = populations.get(made.name);
      if (!before || before.most < made.most) populations.set(made.name, made);
      return made;
    },
    read({ name, type, usual, most, wave, referredBy }) {
      if (referredBy) reads.set(`${type} of ${referredBy}`, { type, from: referredBy });
      demand(`${type}?_id`, 'read', wave - 1, name, { parents: usual, mostParents: most, usual, most });
    },
    spare(ask) {
      const before = isNeeded;
      isNeeded = false;
      ask();
      isNeeded = before;
    },
  };
}
