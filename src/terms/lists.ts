/** The lists of filters and drop-downs, by their names in this schema. */

/** Ids of RMS lists. Without a known list of EMA, the words are those that records show. */
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

/** ATC Human: one of the lists of CLASSIFICATION. */
export const atcList = '100000093533';

/** EMA's substances, which have their own service. */
export const substanceList = 'SubstanceDefinition';

const substances = /^https?:\/\/spor\.(?:ema\.europa|azure-api)\.(?:eu|net)\/.*SubstanceDefinition$/i;

/** Whether a system is that of EMA's substances. All addresses of the service mean the same list. */
export function isSubstanceSystem(system: string): boolean {
  return substances.test(system);
}

/** FHIR's own lists, which upstreams use in place of EMA's. */
export const fhirLists = {
  STATUS: 'http://hl7.org/fhir/publication-status',
  DOMAIN: 'http://hl7.org/fhir/medicinal-product-domain',
} as const satisfies Partial<Readonly<Record<ListName, string>>>;

/** Whether a system is one of FHIR's own lists that are known here. */
export function isFhirList(system: string): boolean {
  return Object.values<string>(fhirLists).includes(system);
}

/**
 * Returns the lists of a name, for reading: EMA's, FHIR's, and the list with the name itself. The last one holds the
 * texts that records show with another list or none.
 */
export function listsFor(name: ListName): readonly string[] {
  const others: Partial<Readonly<Record<ListName, string>>> = fhirLists;
  return [namedLists[name], others[name] ?? [], name].flat();
}
