/** Foresees what an operation will ask the upstream, before anything is known: in numbers instead of records. */
import type { ResourceType } from '../../fhir/resources.js';
import type { KnownFeatures } from '../upstream/features.js';
import type { Figures } from '../upstream/figures.js';
import type { Key } from '../graph/key.js';

/** The state of knowledge about the upstream when an operation is planned. */
export interface Measures {
  readonly features: KnownFeatures;
  readonly figures: Figures;
  readonly budget: number;
  /** Characters of the longest URL that is sent. */
  readonly longestUrl: number;
  /** Returns the product that a record was seen with, where that is known without a look-up. */
  readonly productOf: (key: Key) => Key | undefined;
}

/** Resources of one type that a plan counts on: `usual` of them, and hardly ever more than `most`. */
export interface Population {
  /** The same name for the same resources, in whatever way the plan reaches them: a question about them counts once. */
  readonly name: string;
  readonly type: ResourceType;
  readonly usual: number;
  readonly most: number;
  /** The wave in which they are known, so that more can be asked about them. */
  readonly wave: number;
  /** Whether an earlier answer already holds them, so that reading them costs nothing. */
  readonly inHand: boolean;
  /** The resources that led to these. A link back to a type of those leads to the same ones, as a rule. */
  readonly from?: Population | undefined;
  /** The type that refers to them, where references led to them. */
  readonly referredBy?: ResourceType;
  /** Whether they are outside of the products that are read in any case. */
  readonly isElsewhere?: boolean;
  /** Whether the index holds them with their details, which then cost nothing. */
  readonly isHeld?: boolean;
}

/** One question of one wave: its parents, and how many records may come. */
export interface Demand {
  readonly question: string;
  readonly by: 'search' | 'read' | 'bundle' | 'root' | 'spare';
  readonly parents: Map<string, Share>;
  /** Whether it is asked as a rule, or only where other questions find nothing. */
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

/** The types of foreseen reads by id: of the records, and of those that refer to them. */
export interface Referring {
  readonly type: ResourceType;
  readonly from: ResourceType;
}

/** Gathers the questions that an operation will ask. A repeated question counts once, in whatever wave. */
export interface Foreseen {
  demands(): Iterable<Demand>;
  populations(): Iterable<Population>;
  reads(): Iterable<Referring>;
  /** @param name of the population that the question is about */
  demand(question: string, by: Demand['by'], wave: number, name: string, share: Share): void;
  population(made: Population): Population;
  /** Foresees reads by id of records that were named, or found by references. */
  read(found: Population): void;
  /** Counts the questions of `ask` in, but marks them as not needed as a rule. */
  spare(ask: () => void): void;
}

/** One record of one parent. */
export const single: Share = { parents: 1, mostParents: 1, usual: 1, most: 1 };

export function createForeseen(): Foreseen {
  const demands = new Map<string, Demand>();
  const populations = new Map<string, Population>();
  const askedOf = new Map<string, number>();
  const reads = new Map<string, Referring>();
  let isNeeded = true;

  function demand(question: string, by: Demand['by'], wave: number, name: string, share: Share): void {
    // An earlier wave with the same question has the answer by then.
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
    demands: () => demands.values(),
    populations: () => populations.values(),
    reads: () => reads.values(),
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
