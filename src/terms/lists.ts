/** The EMA lists that filters and drop-downs use, by their names in the GraphQL schema. */

/** Ids of RMS lists. If a name has no RMS list, only texts found in records are used. */
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

/** The list of EMA's substances. It comes from a separate service of EMA. */
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
 * Returns the ids of all lists in which a name is looked up: EMA's lists, FHIR's lists, and the name itself. The list
 * with the name as its id contains texts that records state with another system or without one.
 */
export function listsFor(name: ListName): readonly string[] {
  const others: Partial<Readonly<Record<ListName, string>>> = fhirLists;
  return [namedLists[name], others[name] ?? [], name].flat();
}
