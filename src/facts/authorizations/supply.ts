/** Reads the legal statuses of supply of a product or a package. */
import type {
  CodeableConcept,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  PackagedProductDefinitionLegalStatusOfSupply,
} from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { countsIn } from './countries.js';

export interface SupplyStatuses {
  /**
   * Statuses that are valid in one of the countries: they are for the country, for the Union, or have no
   * jurisdiction.
   */
  readonly counting: readonly CodeableConcept[];
  /** Statuses whose jurisdiction cannot be read, so that they may be valid in one of the countries. */
  readonly open: readonly CodeableConcept[];
}

/**
 * Returns the legal statuses of supply of a record.
 * @param asked countries, as for `isAuthorizedIn`; undefined for every country
 */
export function supplyStatusesOf(
  record: MedicinalProductDefinition | PackagedProductDefinition,
  asked: readonly string[] | undefined,
): SupplyStatuses {
  const counting: CodeableConcept[] = [];
  const open: CodeableConcept[] = [];
  for (const { code, jurisdiction } of statusesOf(record)) {
    if (!code) continue;
    const counts = asked === undefined || countsIn(jurisdiction, asked);
    if (counts !== false) (counts ? counting : open).push(code);
  }
  return { counting, open };
}

/** The legal status of a product has no jurisdiction. A package may have one status for each jurisdiction. */
function statusesOf(
  record: MedicinalProductDefinition | PackagedProductDefinition,
): readonly PackagedProductDefinitionLegalStatusOfSupply[] {
  if (record.resourceType === 'PackagedProductDefinition') return elements(record.legalStatusOfSupply);
  return record.legalStatusOfSupply ? [{ code: record.legalStatusOfSupply }] : [];
}
