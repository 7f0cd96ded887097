/** The legal statuses of supply of a product or a package, and the places where they count. */
import type {
  CodeableConcept,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  PackagedProductDefinitionLegalStatusOfSupply,
} from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { countsIn } from './countries.js';

export interface SupplyStatuses {
  /** Statuses that count for one of the countries: for itself, for the Union that it is in, or for no jurisdiction. */
  readonly counting: readonly CodeableConcept[];
  /** Statuses of an unreadable jurisdiction, which may count. */
  readonly open: readonly CodeableConcept[];
}

/** @param asked countries, as for `isAuthorizedIn`; undefined where every status counts */
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

/** A product has one status, without a jurisdiction. A package may have one for each jurisdiction. */
function statusesOf(
  record: MedicinalProductDefinition | PackagedProductDefinition,
): readonly PackagedProductDefinitionLegalStatusOfSupply[] {
  if (record.resourceType === 'PackagedProductDefinition') return elements(record.legalStatusOfSupply);
  return record.legalStatusOfSupply ? [{ code: record.legalStatusOfSupply }] : [];
}
