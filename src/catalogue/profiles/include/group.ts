/**
 * A group of included children that one search checks. They share the search parameter and the type of their parents.
 */
import type { ResourceType } from '../../../fhir/resources.js';
import type { Reverse } from '../../graph/link.js';

export interface Group {
  readonly question: Reverse;
  /** The type of the parents. */
  readonly type: ResourceType;
  /** Whether the parents are included records themselves, not matches of the search. */
  readonly isIncluded: boolean;
}

export function groupName({ question, type, isIncluded }: Group): string {
  return `${question.asks} of ${isIncluded ? 'included ' : ''}${type}`;
}
