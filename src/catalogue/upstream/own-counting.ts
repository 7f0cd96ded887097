/**
 * How totals count, as one operation finds it. Clients choose what is asked, and one odd page may show anything. So
 * what a page shows holds for this operation alone. For all others it is a doubt, which a neutral question settles.
 */
import type { Figures } from './figures.js';

export interface OwnCounting {
  /** Whether totals count the rows of their page alone. */
  readonly countsPages: boolean;
  /** Whether totals count included entries as well; undefined while unknown. */
  readonly countsIncluded: boolean | undefined;
  /** A page of this operation has shown it. */
  sawIncludedCounted(isCounted: boolean): void;
}

/** @param onDoubt called where a page shows otherwise than neutral questions have */
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
