/**
 * How totals are counted, as one operation observes it. Clients choose the searches, and a single page may be odd. So
 * an observation counts for this operation alone. For all other operations it raises a doubt, which a probe settles.
 */
import type { Figures } from './figures.js';

export interface OwnCounting {
  /** Whether a page's total counts the rows of that page alone. */
  readonly countsPages: boolean;
  /** Whether totals count included entries too; undefined if unknown. */
  readonly countsIncluded: boolean | undefined;
  /** Notes what a page of this operation has shown about included entries. */
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
