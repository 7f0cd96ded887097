/** Forecasts the upstream requests of an operation before any record is read, with expected numbers of records. */
import type { ResourceType } from '../../fhir/resources.js';
import type { KnownFeatures } from '../upstream/features.js';
import type { Figures } from '../upstream/figures.js';
import type { Key } from '../graph/key.js';

/** Figures about the upstream that are available when an operation is planned. */
export interface Measures {
  readonly features: KnownFeatures;
  readonly figures: Figures;
  readonly budget: number;
  /** Maximum number of characters of a URL. */
  readonly longestUrl: number;
  /** Returns the product that a record belongs to, if this process has seen the record; otherwise undefined. */
  readonly productOf: (key: Key) => Key | undefined;
}

/** Resources of one type that a plan expects to read: usually `usual` of them, and rarely more than `most`. */
export interface Population {
  /**
   * Identifies the resources, whichever link leads to them. Requests for the same resources are then counted once.
   */
  readonly name: string;
  readonly type: ResourceType;
  readonly usual: number;
  readonly most: number;
  /** The wave of upstream requests that reads the resources. After it, their own links can be followed. */
  readonly wave: number;
  /** Whether an earlier response already contains the resources, so that reading them costs no request. */
  readonly inHand: boolean;
  /**
   * The resources from which links led to this population. If a link leads back to one of their types, it usually
   * leads to the same resources.
   */
  readonly from?: Population | undefined;
  /** The type of the records that refer to these resources, if references lead to them. */
  readonly referredBy?: ResourceType;
  /** Whether the resources belong to products that the operation does not read otherwise. */
  readonly isElsewhere?: boolean;
  /** Whether the index supplies the resources with all their details, without upstream requests. */
  readonly isHeld?: boolean;
}

/** A request in one wave, with its parents and the number of records that it is expected to return. */
export interface Demand {
  readonly question: string;
  readonly by: 'search' | 'read' | 'bundle' | 'root' | 'spare';
  readonly parents: Map<string, Share>;
  /** Whether the request is usually sent. If false, it is sent only if other requests find nothing. */
  isNeeded: boolean;
}

export interface Share {
  /** The type of the parents in a search for children. */
  readonly of?: ResourceType;
  readonly parents: number;
  readonly mostParents: number;
  readonly usual: number;
  readonly most: number;
}

/** An expected read by id: the type of the record, and the type of the record that refers to it. */
export interface Referring {
  readonly type: ResourceType;
  readonly from: ResourceType;
}

/**
 * Collects the requests that an operation is expected to send. If a request occurs in several waves, it counts once.
 */
export interface Foreseen {
  demands(): Iterable<Demand>;
  populations(): Iterable<Population>;
  reads(): Iterable<Referring>;
  /** @param name the name of the population that the request reads */
  demand(question: string, by: Demand['by'], wave: number, name: string, share: Share): void;
  population(made: Population): Population;
  /** Adds reads by id, for records that the operation names and for records that references lead to. */
  read(found: Population): void;
  /** Runs `ask`. The requests that it adds are marked as not usually needed. */
  spare(ask: () => void): void;
}

/** A population of one record with one parent. */
export const single: Share = { parents: 1, mostParents: 1, usual: 1, most: 1 };

export function createForeseen(): Foreseen {
  const demands = new Map<string, Demand>();
  const populations = new Map<string, Population>();
  const askedOf = new Map<string, number>();
  const reads = new Map<string, Referring>();
  let isNeeded = true;

  function demand(question: string, by: Demand['by'], wave: number, name: string, share: Share): void {
    // The same request was already counted in an earlier wave.
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
