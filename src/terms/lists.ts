/** The lists that filters and drop-downs are made of, by the names that this schema has for them. */

/** Ids of RMS lists; none where EMA's list is not known here, and its words are those that records show. */
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

/** EMA's substances, which are terms of a service of their own. */
export const substanceList = 'SubstanceDefinition';

const substances = /^https?:\/\/spor\.(?:ema\.europa|azure-api)\.(?:eu|net)\/.*SubstanceDefinition$/i;

/** Whether a system is that of EMA's substances: any of the service's addresses is the same list. */
export function isSubstanceSystem(system: string): boolean {
  return substances.test(system);
}

/** Lists of FHIR's own, which upstreams have in the place of EMA's. */
export const fhirLists = {
  STATUS: 'http://hl7.org/fhir/publication-status',
  DOMAIN: 'http://hl7.org/fhir/medicinal-product-domain',
} as const satisfies Partial<Readonly<Record<ListName, string>>>;

/** Whether a system is a list of FHIR's own that is known here. */
export function isFhirList(system: string): boolean {
  return Object.values<string>(fhirLists).includes(system);
}

/**
 * The lists of a name, for reading: EMA's, FHIR's, and the one that is called by the name itself, which holds what
 * records show where their list is another's or none.
 */
export function listsFor(name: ListName): readonly string[] {
  const others: Partial<Readonly<Record<ListName, string>>> = fhirLists;
  return [namedLists[name], others[name] ?? [], name].flat();
}
