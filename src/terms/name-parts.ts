/** Classifies the parts of a product's name. */
import type { CodeableConcept, MedicinalProductDefinitionName } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { meaningOf, wordsFor, type Meanings } from './ema-codes.js';

export enum NamePartKind {
  FULL = 'FULL',
  INVENTED = 'INVENTED',
  SCIENTIFIC = 'SCIENTIFIC',
  STRENGTH = 'STRENGTH',
  DOSE_FORM = 'DOSE_FORM',
  FORMULATION = 'FORMULATION',
  INTENDED_USE = 'INTENDED_USE',
  POPULATION = 'POPULATION',
  CONTAINER = 'CONTAINER',
  DEVICE = 'DEVICE',
  TRADEMARK_OR_COMPANY = 'TRADEMARK_OR_COMPANY',
  TIME_OR_PERIOD = 'TIME_OR_PERIOD',
  FLAVOR = 'FLAVOR',
  DELIMITER = 'DELIMITER',
  LEGACY = 'LEGACY',
  SPECIES = 'SPECIES',
}

/**
 * Sources: EMA's RMS list 220000000000 (Medicinal Product Name Part Type), with term and name; and FHIR R5's code
 * system `http://hl7.org/fhir/medicinal-product-name-part-type`, with code, and display if it is spelled differently.
 */
const kinds: readonly (readonly [NamePartKind, term: string, ...words: readonly string[]])[] = [
  [NamePartKind.FULL, '220000000001', 'Full name', 'FullName'],
  [NamePartKind.INVENTED, '220000000002', 'Invented name part', 'InventedNamePart'],
  [NamePartKind.SCIENTIFIC, '220000000003', 'Scientific name part', 'ScientificNamePart'],
  [NamePartKind.STRENGTH, '220000000004', 'Strength part', 'StrengthPart'],
  [NamePartKind.DOSE_FORM, '220000000005', 'Pharmaceutical dose form part', 'DoseFormPart'],
  [NamePartKind.FORMULATION, '220000000006', 'Formulation part', 'FormulationPart'],
  [NamePartKind.INTENDED_USE, '220000000007', 'Intended use part', 'IntendedUsePart'],
  [NamePartKind.POPULATION, '220000000008', 'Target population part', 'PopulationPart'],
  [NamePartKind.CONTAINER, '220000000009', 'Container or pack part', 'ContainerPart'],
  [NamePartKind.DEVICE, '220000000010', 'Device part', 'DevicePart'],
  [
    NamePartKind.TRADEMARK_OR_COMPANY,
    '220000000011',
    'Trademark or company name part',
    'TrademarkOrCompanyPart',
  ],
  [NamePartKind.TIME_OR_PERIOD, '220000000012', 'Time/Period part', 'TimeOrPeriodPart'],
  [NamePartKind.FLAVOR, '220000000013', 'Flavour part', 'Flavor part', 'FlavorPart'],
  [NamePartKind.DELIMITER, '220000000014', 'Delimiter part', 'DelimiterPart'],
  [NamePartKind.LEGACY, '220000000015', 'Legacy name', 'LegacyNamePart'],
  [NamePartKind.SPECIES, '220000000016', 'Target species name part', 'SpeciesNamePart'],
];

const namePartKinds: Meanings<NamePartKind> = {
  list: '220000000000',
  codes: Object.fromEntries(kinds.map(([kind, term]) => [term, kind])),
  words: Object.assign({}, ...kinds.map(([kind, , ...words]) => wordsFor(kind, words))) as Readonly<
    Record<string, NamePartKind>
  >,
  other: null,
};

/** Returns `MedicinalProductDefinition.name.part.type` as an enum; null if it is missing or unknown. */
export function namePartKind(type: CodeableConcept | undefined): NamePartKind | null {
  return meaningOf(type, namePartKinds);
}

/**
 * Returns the brand name in a product name: its first invented name part, as the record states it. Undefined if there
 * is none.
 */
export function inventedPart({ part }: MedicinalProductDefinitionName): string | undefined {
  return elements(part)
    .filter(({ type }) => namePartKind(type) === NamePartKind.INVENTED)
    .map((each) => each.part as unknown)
    .find((text): text is string => typeof text === 'string' && text.trim() !== '');
}
