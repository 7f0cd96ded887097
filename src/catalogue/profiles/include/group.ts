/** A group of includes that is verified at once: the children of one kind that parents of one type have. */
import type { ResourceType } from '../../../fhir/resources.js';
import type { Reverse } from '../../graph/link.js';

export interface Group {
  readonly question: Reverse;
  /** Type of the parents. */
  readonly type: ResourceType;
  /** Whether the parents were included themselves, or matches of the search. */
  readonly isIncluded: boolean;
}

export function groupName({ question, type, isIncluded }: Group): string {
  return `${question.asks} of ${isIncluded ? 'included ' : ''}${type}`;
}
