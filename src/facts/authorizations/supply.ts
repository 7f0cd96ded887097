/** How a product or a package may be supplied, and where that is so. */
import type {
  CodeableConcept,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  PackagedProductDefinitionLegalStatusOfSupply,
} from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { countsIn } from './countries.js';

export interface SupplyStatuses {
  /** Those that count for one of the countries asked for: said of it, of the Union that it is in, or of none. */
  readonly counting: readonly CodeableConcept[];
  /** Those of a jurisdiction that cannot be read: they may count. */
  readonly open: readonly CodeableConcept[];
}

/** @param asked countries, as of `isAuthorizedIn`; where it is undefined every status counts */
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

/** A product has one, said of no jurisdiction; a package may have one for each. */
function statusesOf(
  record: MedicinalProductDefinition | PackagedProductDefinition,
): readonly PackagedProductDefinitionLegalStatusOfSupply[] {
  if (record.resourceType === 'PackagedProductDefinition') return elements(record.legalStatusOfSupply);
  return record.legalStatusOfSupply ? [{ code: record.legalStatusOfSupply }] : [];
}
