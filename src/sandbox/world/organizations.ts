/** The fictitious companies of the sample world, and the authorities. */

import type { Organization, Reference } from 'fhir/r5.js';
import { concept } from './elements.js';
import { sampleMeta } from './marking.js';
import { organizationTypes, type Country } from './terms.js';

interface Company {
  readonly number: number;
  readonly name: string;
  readonly country: Country;
  readonly city: string;
}

interface Maker extends Company {
  /** The fictitious person who is responsible for pharmacovigilance. */
  readonly safety: string;
  /** The company that packs the products of this one. */
  readonly partner: string;
}

const table = {
  aurelia: {
    number: 1,
    name: 'Aurélia Santé S.A.',
    country: 'FR',
    city: 'Lyon',
    safety: 'Dr Hélène Vasseur',
    partner: 'fjordvik',
  },
  baltmed: {
    number: 2,
    name: 'Baltmed OÜ',
    country: 'EE',
    city: 'Tartu',
    safety: 'Dr Kadri Tammsaar',
    partner: 'kaljaasi',
  },
  corvanta: {
    number: 3,
    name: 'Corvanta Pharma GmbH',
    country: 'DE',
    city: 'Mainz',
    safety: 'Dr. Jürgen Albrechtsen',
    partner: 'tarnowia',
  },
  daphnika: {
    number: 4,
    name: 'Daphnika Pharmaceuticals A.E.',
    country: 'EL',
    city: 'Patras',
    safety: 'Dr Eleni Kalogeropoulou',
    partner: 'corvanta',
  },
  estrelar: {
    number: 5,
    name: 'Estrelar Farma, Lda.',
    country: 'PT',
    city: 'Braga',
    safety: 'Dra. Inês Valadares',
    partner: 'marchesa',
  },
  fjordvik: {
    number: 6,
    name: 'Fjordvik Läkemedel AB',
    country: 'SE',
    city: 'Uppsala',
    safety: 'Dr Sigrid Almfelt',
    partner: 'kaljaasi',
  },
  halvora: {
    number: 7,
    name: 'Halvora Biologics B.V.',
    country: 'NL',
    city: 'Leiden',
    safety: 'Dr Marit van der Heuvelen',
    partner: 'orrell',
  },
  kaljaasi: {
    number: 8,
    name: 'Kaljaasi Oy',
    country: 'FI',
    city: 'Turku',
    safety: 'LT Aino Rantakallio',
    partner: 'baltmed',
  },
  lumenqua: {
    number: 9,
    name: 'Lumenqua Nuclear Medicine N.V.',
    country: 'BE',
    city: 'Liège',
    safety: 'Dr Benoît Delcourte',
    partner: 'halvora',
  },
  marchesa: {
    number: 10,
    name: 'Laboratorios Marchesa, S.A.',
    country: 'ES',
    city: 'Sevilla',
    safety: 'Dra. Lucía Arrieta Solana',
    partner: 'estrelar',
  },
  tarnowia: {
    number: 11,
    name: 'Tarnowia Zakłady Farmaceutyczne Sp. z o.o.',
    country: 'PL',
    city: 'Tarnów',
    safety: 'dr Zofia Wierzbowska',
    partner: 'baltmed',
  },
  orrell: {
    number: 12,
    name: "O'Rell & Sons Vaccines Ltd",
    country: 'IE',
    city: 'Cork',
    safety: "Dr Niamh O'Carrolan",
    partner: 'halvora',
  },
} as const satisfies Readonly<Record<string, Maker>>;

const authorities = {
  EU: { number: 90, name: 'European Medicines Agency', country: 'NL', city: 'Amsterdam' },
  AT: { number: 91, name: 'Austrian Medicines Agency', country: 'AT', city: 'Wien' },
  DE: { number: 92, name: 'Federal Institute for Drugs', country: 'DE', city: 'Bonn' },
  EE: { number: 93, name: 'State Agency of Medicines', country: 'EE', city: 'Tartu' },
  ES: { number: 94, name: 'Spanish Agency of Medicines', country: 'ES', city: 'Madrid' },
  FI: { number: 95, name: 'Finnish Medicines Agency', country: 'FI', city: 'Helsinki' },
  FR: { number: 96, name: 'French Agency for Medicines Safety', country: 'FR', city: 'Saint-Denis' },
  EL: { number: 97, name: 'National Organization for Medicines', country: 'EL', city: 'Athens' },
  PL: { number: 98, name: 'Office for Registration of Medicinal Products', country: 'PL', city: 'Warszawa' },
  PT: { number: 99, name: 'National Authority of Medicines', country: 'PT', city: 'Lisboa' },
  SE: { number: 89, name: 'Medical Products Agency', country: 'SE', city: 'Uppsala' },
} as const satisfies Partial<Record<Country, Company>>;

export type CompanyName = keyof typeof table;
export type Authority = keyof typeof authorities;

export const companyNames = Object.keys(table) as readonly CompanyName[];

const ORGANISATION_SYSTEM = 'https://spor.ema.europa.eu/v1/organisations';
const LOCATION_SYSTEM = 'https://spor.ema.europa.eu/v1/locations';

function idOf({ number }: Company): string {
  return `ORG-1009000${String(number).padStart(2, '0')}`;
}

function locationOf({ number }: Company): string {
  return `LOC-1009100${String(number).padStart(2, '0')}`;
}

export function companyReference(name: CompanyName): Reference {
  return referenceTo(table[name]);
}

/** Returns the company that packs the products of another. */
export function partnerOf(name: CompanyName): CompanyName {
  return table[name].partner;
}

/**
 * Returns the PractitionerRole of the person responsible for pharmacovigilance. EMA publishes only the person's name.
 */
export function safetyPerson(name: CompanyName): Reference {
  return { type: 'PractitionerRole', display: table[name].safety };
}

export function authorityReference(authority: Authority): Reference {
  return referenceTo(authorities[authority]);
}

function referenceTo(company: Company): Reference {
  return {
    reference: `Organization/${idOf(company)}`,
    identifier: { system: LOCATION_SYSTEM, value: locationOf(company) },
    display: company.name,
  };
}

export function organizations(): Organization[] {
  return [...Object.values<Company>(table), ...Object.values<Company>(authorities)].map((company) => ({
    resourceType: 'Organization',
    id: idOf(company),
    meta: sampleMeta(company.number),
    identifier: [
      { system: ORGANISATION_SYSTEM, value: idOf(company) },
      { system: LOCATION_SYSTEM, value: locationOf(company) },
    ],
    active: true,
    type: typesOf(company).map((type) => concept(organizationTypes[type])),
    name: company.name,
    contact: [{ address: { city: company.city, country: company.country } }],
  }));
}

function typesOf(company: Company): readonly (keyof typeof organizationTypes)[] {
  return 'partner' in company ? ['holder', 'manufacturer'] : ['authority'];
}
