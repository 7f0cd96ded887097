/** The kinds of searches for a term, and the names and numbers that it may match. */
import { gs1Separator } from '../../terms/barcodes.js';

/** How a term is found: by an upstream search, or by reading the records of products. */
export type TermWay =
  | 'id'
  /** The id of a record that belongs to a product. */
  | 'record'
  | 'identifier'
  | 'authorization'
  | 'procedure'
  | 'package'
  | 'carrier'
  | 'substance'
  /** An identifier of a product's related record, such as a company, an administrable product or a later procedure. */
  | 'part'
  | 'atc'
  | 'name';

/** The name or number that the term matched. */
export type MatchedBy =
  | 'NAME'
  | 'NAME_WORD'
  | 'NAME_START'
  | 'SUBSTANCE'
  | 'PMS_ID'
  | 'MPID'
  | 'EV_CODE'
  | 'PCID'
  | 'AUTHORIZATION_NUMBER'
  | 'PROCEDURE_NUMBER'
  | 'DATA_CARRIER'
  | 'ATC'
  | 'IDENTIFIER';

/** Most characters of a term. */
export const longestTerm = 200;

/**
 * Whether a text is a valid term: not blank, not too long, without control characters and lone surrogates. The
 * separator of a GS1 string is the only control character allowed.
 */
export function isTerm(text: string): boolean {
  const written = text.replaceAll(gs1Separator, '');
  return text.length <= longestTerm && /\S/u.test(written) && !/[\p{Control}\p{Surrogate}]/u.test(written);
}
