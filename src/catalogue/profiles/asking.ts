/** Whatever answers the questions of one operation: a profile and a searcher, or what stands before them. */
import type { PmsError } from '../../errors.js';
import type { Candidates, RootList, TermFinds } from '../known/known.js';
import type { AskedValue, ProductSearch } from '../question/selection.js';
import type { OpenProfile } from './profile.js';

export interface Asking extends Pick<OpenProfile, 'children' | 'read'> {
  /** The rows of one search for products, or what they are among, or why there are none. */
  products(search: ProductSearch): Promise<RootList | Candidates | PmsError>;
  /** Names what the pages of that search bring of each row, and with it: their links go on bringing the same. */
  brings(search: ProductSearch): string;
  /** What is found for terms of any kind. */
  terms(terms: readonly string[]): Promise<TermFinds | PmsError>;
  /** The value that answers a question, or why there is none. */
  asked(question: AskedValue): Promise<unknown>;
}
