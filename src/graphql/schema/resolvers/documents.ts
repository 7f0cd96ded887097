/** Selects documents of a record by type and language. */
import type { CodeableConcept } from 'fhir/r5.js';
import { codesIn, textsIn } from '../../../facts/concepts.js';
import { elements } from '../../../fhir/elements.js';
import { isSameLanguage } from '../../../terms/choice.js';
import { foldedWords } from '../../../terms/fold.js';
import { listOf, type Terms } from '../../../terms/terms.js';
import type { DocumentArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import type { Document } from '../types/document.js';

/**
 * Returns the documents of this type and in this language, if these are given. If none matches, no other documents
 * are returned.
 */
export function chosenDocuments(
  documents: readonly Document[],
  { type, language }: DocumentArgs,
  { terms }: Context,
): readonly Document[] {
  return documents.filter(
    (document) =>
      (!type || type.some((asked) => isOfKind(document.resource.type, asked, terms))) &&
      (!language || document.files.some(({ tag }) => tag !== undefined && isSameLanguage(tag, language))),
  );
}

/**
 * Whether a document type matches: either by its code, or because one of its texts, in any language, contains all the
 * words.
 */
function isOfKind(kind: CodeableConcept | undefined, asked: string, terms: Terms): boolean {
  const codes = codesIn(kind);
  if (codes.includes(asked.trim())) return true;
  const wanted = foldedWords(asked);
  const known = elements(kind?.coding).flatMap(({ system, code }) => {
    const list = listOf(system);
    return list === null || code === undefined ? [] : terms.namesOf([list], code);
  });
  return (
    wanted.length > 0 &&
    [...textsIn(kind), ...known].some((text) => {
      const words = new Set(foldedWords(text));
      return wanted.every((word) => words.has(word));
    })
  );
}
