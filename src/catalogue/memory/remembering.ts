/** Wraps a profile with the record cache: fresh records and lists of earlier operations are not requested again. */
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
