/** Builds the DocumentReferences of a product. The files that they name do not exist. */

import type { DocumentReference, Reference } from 'fhir/r5.js';
import { concept } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import type { ProductSpecification } from '../specification.js';
import { documentTypes, type DocumentType, type Language } from '../terms.js';
import { partReference } from './identity.js';

/** Centrally authorized products have DocumentReference records. Nationally authorized products contain them (`#…` references). */
function areRecords({ authorization }: ProductSpecification): boolean {
  return authorization.by === 'EU';
}

export function documentReferences(
  specification: ProductSpecification,
  series: Series,
): Reference[] | undefined {
  return specification.documents?.map(([type, language], at) => ({
    ...(areRecords(specification)
      ? partReference(specification, series, 'document', at)
      : { reference: `#${nameOf(type, language)}` }),
    type: 'DocumentReference',
    display: `${documentTypes[type].display} (${language})`,
  }));
}

export function containedDocuments(specification: ProductSpecification): DocumentReference[] | undefined {
  if (areRecords(specification)) return undefined;
  return specification.documents?.map(([type, language]) => ({
    ...buildDocument(specification, type, language),
    id: nameOf(type, language),
  }));
}

export function buildDocuments(specification: ProductSpecification, series: Series): DocumentReference[] {
  if (!areRecords(specification)) return [];
  return (specification.documents ?? []).map(([type, language], at) => ({
    ...buildDocument(specification, type, language),
    id: idIn(series, 'document', specification.no, at),
    meta: sampleMeta(specification.no + 9),
  }));
}

function buildDocument(
  { no, brand, authorization }: ProductSpecification,
  type: DocumentType,
  language: Language,
): DocumentReference {
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    type: concept(documentTypes[type]),
    date: `${authorization.date}T00:00:00Z`,
    content: [
      {
        attachment: {
          contentType: 'application/pdf',
          language,
          url: `https://pms-graphql.example/sandbox/documents/${no}-${nameOf(type, language)}.pdf`,
          title: `${brand}: ${documentTypes[type].display}`,
        },
      },
    ],
  };
}

/** Returns the id of a contained document, such as `leaflet-sv`. */
function nameOf(type: DocumentType, language: Language): string {
  return `${type.toLowerCase()}-${language}`;
}
