/** English texts of the EMA terms that products use most, by list and code. */
import type { TermTable } from './terms.js';

export const emaTerms: TermTable = {};
