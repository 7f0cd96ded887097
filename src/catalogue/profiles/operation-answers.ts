/**
 * Answers the questions of one operation. Implemented by a profile with a searcher, and by the layers in front of
 * these.
 */
import type { PmsError } from '../../errors.js';
import type { Candidates, RootList, TermFinds } from '../known/known.js';
import type { ValueQuestion, ProductSearch } from '../question/selection.js';
import type { OpenProfile } from './profile.js';

export interface OperationAnswers extends Pick<OpenProfile, 'children' | 'read'> {
  /** Returns the rows of one search for products, or candidates that the rows are among, or an error. */
  products(search: ProductSearch): Promise<RootList | Candidates | PmsError>;
  /**
   * Names the elements and includes that the pages of a search bring. The links of these pages go on bringing the same.
   */
  brings(search: ProductSearch): string;
  /** Returns the matches of terms of any kind. */
  terms(terms: readonly string[]): Promise<TermFinds | PmsError>;
  /** Returns the value that answers a question, or an error. */
  value(question: ValueQuestion): Promise<unknown>;
}
