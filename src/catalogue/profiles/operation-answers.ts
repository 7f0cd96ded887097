/**
 * Runs the searches and reads of one operation. Profiles with their searchers implement this interface, and so do the
 * cache and the index in front of them.
 */
import type { PmsError } from '../../errors.js';
import type { Candidates, RootList, TermFinds } from '../known/known.js';
import type { ValueQuestion, ProductSearch } from '../question/selection.js';
import type { OpenProfile } from './profile.js';

export interface OperationAnswers extends Pick<OpenProfile, 'children' | 'read'> {
  /** Returns the rows of a product search, or candidates that contain all rows, or an error. */
  products(search: ProductSearch): Promise<RootList | Candidates | PmsError>;
  /** Names the elements and includes that the pages of a search contain. The links to further pages keep them. */
  brings(search: ProductSearch): string;
  /** Returns the matches of terms of any kind. */
  terms(terms: readonly string[]): Promise<TermFinds | PmsError>;
  /** Returns the values that the index gave for a query, such as facets or suggestions, or an error. */
  value(question: ValueQuestion): Promise<unknown>;
}
