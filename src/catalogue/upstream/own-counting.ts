/**
 * What totals count, as observed by one operation. Clients choose the searches, and a single page may be unusual. So
 * an observation applies only to this operation. For all other operations it raises a doubt, which a probe settles.
 */
import type { Figures } from './figures.js';

export interface OwnCounting {
  /** Whether the total of a page counts only the rows of that page. */
  readonly countsPages: boolean;
  /** Whether totals also count included entries; undefined if unknown. */
  readonly countsIncluded: boolean | undefined;
  /** Records what a page of this operation shows about included entries in totals. */
  sawIncludedCounted(isCounted: boolean): void;
}

/** @param onDoubt called if a page contradicts the result of the probes */
export function createOwnCounting(
  shared: Pick<Figures, 'countsPages' | 'countsIncluded'>,
  onDoubt: () => void,
): OwnCounting {
  return new OperationCounting(shared, onDoubt);
}

class OperationCounting implements OwnCounting {
  private own: boolean | undefined;

  constructor(
    private readonly shared: Pick<Figures, 'countsPages' | 'countsIncluded'>,
    private readonly onDoubt: () => void,
  ) {}

  get countsPages(): boolean {
    return this.shared.countsPages;
  }

  get countsIncluded(): boolean | undefined {
    return this.own ?? this.shared.countsIncluded;
  }

  sawIncludedCounted(isCounted: boolean): void {
    this.own = isCounted;
    if (isCounted !== this.shared.countsIncluded) this.onDoubt();
  }
}
