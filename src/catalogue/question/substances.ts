/** The substances of all products, as a question to the index. */
import type { SubstanceQuery } from '../../search-index/substances.js';
import type { AskedValue } from './selection.js';

/** The searcher that is asked. */
export const indexName = 'index';
const name = 'substances';

/** The rows of its answer are `SubstanceRow`s. */
export function askSubstances(query: SubstanceQuery): AskedValue {
  return { searcher: indexName, name, args: { ...query } };
}

/** Undefined for another question. */
export function substancesAsked(question: AskedValue): SubstanceQuery | undefined {
  return question.name === name ? (question.args as unknown as SubstanceQuery) : undefined;
}
