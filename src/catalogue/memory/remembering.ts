/**
 * Adds the record cache to a profile. Records and lists that earlier operations read are not requested again while
 * they are fresh.
 */
import type { OperationAnswers } from '../profiles/operation-answers.js';
import type { Remembering } from './recall.js';
import { createRememberedBundles } from './remembered-bundles.js';
import { childrenInBundles, childrenInLists } from './remembered-children.js';
import { foundForTerms, foundProducts } from './remembered-finds.js';
import { readRecords } from './remembered-records.js';

export function createRememberingProfile(inner: OperationAnswers, at: Remembering): OperationAnswers {
  const bundles = at.hasBundles ? createRememberedBundles(at) : undefined;
  return {
    products: (search) => foundProducts(inner, at, search),
    brings: (search) => inner.brings(search),
    terms: (terms) => foundForTerms(inner, at, terms),
    value: (question) => inner.value(question),
    children: (question, parents) =>
      bundles
        ? childrenInBundles(inner, at, bundles, question, parents)
        : childrenInLists(inner, at, question, parents),
    read: (reads) => readRecords(inner, at, bundles, reads),
  };
}
