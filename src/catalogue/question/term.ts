/** Looked-up terms: the searches that may find one, and the names and numbers that it may match. */

/** A search that may find a term. */
export type TermWay = 'id' | 'identifier' | 'authorization' | 'procedure' | 'package' | 'atc' | 'name';

/** By which of its names or numbers a product was found. */
export type MatchedBy =
  | 'NAME'
  | 'NAME_PART'
  | 'NAME_BEGINNING'
  | 'PMS_ID'
  | 'MPID'
  | 'EV_CODE'
  | 'IDENTIFIER'
  | 'AUTHORIZATION_NUMBER'
  | 'PROCEDURE_NUMBER'
  | 'PCID'
  | 'ATC';
