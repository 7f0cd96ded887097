/** Looked-up terms: the searches that may find one, and the names and numbers that it may match. */
import { gs1Separator } from '../../terms/barcodes.js';

/** A way to find a term: an upstream search, or a look through the parts of products. */
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
  /** A number of a part of a product: a company, an administrable product, a later procedure. */
  | 'part'
  | 'atc'
  | 'name';

/** By which of its names or numbers a product was found. */
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

/** Characters of the longest term. */
export const longestTerm = 200;

/**
 * Whether a text can be a term at all: not blank, not too long, without control characters and halves of characters.
 * The separator of a GS1 string alone may stand in one.
 */
export function isTerm(text: string): boolean {
  const written = text.replaceAll(gs1Separator, '');
  return text.length <= longestTerm && /\S/u.test(written) && !/[\p{Control}\p{Surrogate}]/u.test(written);
}
