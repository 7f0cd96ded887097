/** What can be read about a product: DocumentReferences inside its record, which name a file that exists nowhere. */

import type { DocumentReference, Reference } from 'fhir/r5.js';
import { concept } from '../elements.js';
import type { ProductSpecification } from '../specification.js';
import { documentTypes, type DocumentType, type Language } from '../terms.js';

export function documentReferences({ documents }: ProductSpecification): Reference[] | undefined {
  return documents?.map(([type, language]) => ({
    reference: `#${idOf(type, language)}`,
    type: 'DocumentReference',
    display: `${documentTypes[type].display} (${language})`,
  }));
}

export function containedDocuments({
  no,
  brand,
  documents,
  authorization,
}: ProductSpecification): DocumentReference[] | undefined {
  return documents?.map(([type, language]) => ({
    resourceType: 'DocumentReference',
    id: idOf(type, language),
    status: 'current',
    type: concept(documentTypes[type]),
    date: `${authorization.date}T00:00:00Z`,
    content: [
      {
        attachment: {
          contentType: 'application/pdf',
          language,
          url: `https://pms-graphql.example/sandbox/documents/${no}-${idOf(type, language)}.pdf`,
          title: `${brand}: ${documentTypes[type].display}`,
        },
      },
    ],
  }));
}

/** `leaflet-sv` */
function idOf(type: DocumentType, language: Language): string {
  return `${type.toLowerCase()}-${language}`;
}
