/** The EMA lists of filters and drop-downs, by their names in the GraphQL schema. */

/** Ids of RMS lists. A name without an RMS list uses only the texts found in records. */
export const namedLists = {
  ROUTE: ['100000073345'],
  DOSE_FORM: ['200000000004', '200000000006', '200000000007', '200000000008'],
  COUNTRY: ['100000000002'],
  DOMAIN: ['100000000004'],
  STATUS: ['200000005003'],
  LEGAL_STATUS: ['100000072051'],
  LANGUAGE: ['100000072057'],
  UNIT: ['100000110633', '200000000014'],
  AUTHORIZATION_STATUS: ['100000072049'],
  MARKETING_STATUS: ['100000072052'],
  CLASSIFICATION: ['100000093533', '100000116045', '100000155526'],
  PEDIATRIC_USE: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ListName = keyof typeof namedLists;

export const listNames = Object.keys(namedLists) as readonly ListName[];

/** ATC Human, one of the lists named CLASSIFICATION. */
export const atcList = '100000093533';

/** The list of EMA's substances, which come from a separate service. */
export const substanceList = 'SubstanceDefinition';

const substances = /^https?:\/\/spor\.(?:ema\.europa|azure-api)\.(?:eu|net)\/.*SubstanceDefinition$/i;

/** Whether a system means EMA's substances. All URLs of that service mean the same list. */
export function isSubstanceSystem(system: string): boolean {
  return substances.test(system);
}

/** FHIR value sets that some upstreams use instead of EMA's lists. */
export const fhirLists = {
  STATUS: 'http://hl7.org/fhir/publication-status',
  DOMAIN: 'http://hl7.org/fhir/medicinal-product-domain',
} as const satisfies Partial<Readonly<Record<ListName, string>>>;

/** Whether a system is one of the FHIR value sets in `fhirLists`. */
export function isFhirList(system: string): boolean {
  return Object.values<string>(fhirLists).includes(system);
}

/**
 * Returns the ids of all lists to look up a name in: EMA's, FHIR's, and the name itself. The list with the name itself
 * has the texts that records show with another system or without one.
 */
export function listsFor(name: ListName): readonly string[] {
  const others: Partial<Readonly<Record<ListName, string>>> = fhirLists;
  return [namedLists[name], others[name] ?? [], name].flat();
}
