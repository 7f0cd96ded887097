/** The kinds of searches for a term, and the kinds of names and numbers that it can match. */
import { gs1Separator } from '../../terms/barcodes.js';

/** Which search can find a term: an upstream search, or a scan of the records of products. */
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
  /**
   * An identifier of a record that belongs to a product, such as a company, an administrable product or a later
   * procedure.
   */
  | 'part'
  | 'atc'
  | 'name';

/** The kind of name or number that a term matched. */
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

/** Maximum number of characters of a term. */
export const longestTerm = 200;

/**
 * Whether a text is a valid term: not blank, not too long, and without control characters and lone surrogates. Only
 * one control character is allowed, the separator in a GS1 bar code.
 */
export function isTerm(text: string): boolean {
  const written = text.replaceAll(gs1Separator, '');
  return text.length <= longestTerm && /\S/u.test(written) && !/[\p{Control}\p{Surrogate}]/u.test(written);
}
