/** Generates products: copies of sample products with other names, holders, numbers, countries and packages. */

import { companyNames, type Authority } from './organizations.js';
import { formWords } from './form-words.js';
import { PACKAGES } from './ids.js';
import { inventFacts } from './generate-facts.js';
import type { QuirkName } from './quirks.js';
import { createRandom } from './random.js';
import { centralProducts } from './products/central.js';
import { mainProducts } from './products/main.js';
import { nationalProducts } from './products/national.js';
import { oddProducts } from './products/oddities.js';
import {
  nationalRecord,
  type Authorization,
  type Market,
  type ProductSpecification,
} from './specification.js';
import type { Language } from './terms.js';

/** The share of products that are national records. They come last, because their ids begin with 7000. */
const NATIONAL_RECORDS = 0.08;
/** Every third product is authorized centrally. */
const CENTRAL = 3;

export interface GenerateOptions {
  readonly products: number;
  readonly seed: number;
}

/** Returns the product at an index from 0. The result depends on the options and the index only. */
export function generateProduct(options: GenerateOptions, index: number): ProductSpecification {
  const firstRecord = options.products - Math.floor(options.products * NATIONAL_RECORDS);
  if (index < firstRecord) return inventProduct(options.seed, index);
  const original = inventProduct(options.seed, (index - firstRecord) * CENTRAL);
  return nationalRecord(original, { no: index, markets: original.markets.slice(1, 2) });
}

function inventProduct(seed: number, index: number): ProductSpecification {
  const random = createRandom(seed, index);
  const pick = <T>(choices: readonly [T, ...T[]]): T =>
    choices[Math.floor(random() * choices.length)] ?? choices[0];
  const base = pick(bases);
  const isCentral = index % CENTRAL === 0;
  const markets = inventMarkets(base, isCentral, random);
  const packs = base.packs.filter(() => random() < 0.7).slice(0, PACKAGES);
  const quirk = random() < 0.3 ? pick(harmlessQuirks) : undefined;
  const year = 1985 + Math.floor(random() * 36);
  const status: NonNullable<Authorization['status']> = pick([
    'valid',
    'valid',
    'valid',
    'renewed',
    'withdrawn',
    'suspended',
    'expired',
  ]);
  const invented: ProductSpecification = {
    ...base,
    no: index,
    brand: inventBrand(index, pick),
    holder: pick(companyNames as [(typeof companyNames)[number], ...typeof companyNames]),
    authorization: {
      by: isCentral ? 'EU' : pick(authorities),
      number: isCentral ? `EU/1/${String(year).slice(2)}/${20_000 + index}` : String(2_000_000 + index),
      date: `${year}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 9)}`,
      on: pick(['both', 'both', 'product', 'packages']),
      status,
      ...(status === 'valid' ? {} : { statusDate: String(year + 5) }),
      ...(isCentral ? { procedure: `EMEA/H/C/${String(20_000 + index).padStart(6, '0')}` } : {}),
    },
    markets,
    recordStatus: pick(['current', 'current', 'current', 'provisional', 'non-current']),
    packs: packs.length === 0 ? base.packs.slice(0, 1) : packs,
    quirks: quirk === undefined ? [] : [quirk],
  };
  return inventFacts(seed, invented);
}

/**
 * The sample products that are copied. Products of `questions.ts` are not copied, because `inventFacts` gives their
 * facts to all products.
 */
const bases = [...mainProducts, ...centralProducts, ...nationalProducts, ...oddProducts].filter(
  ({ authorization }) => authorization.isNationalRecord !== true,
) as [ProductSpecification, ...ProductSpecification[]];

const authorities: readonly [Authority, ...Authority[]] = [
  'SE',
  'DE',
  'FR',
  'ES',
  'PT',
  'EL',
  'EE',
  'FI',
  'PL',
  'AT',
];

/** Unusual features of the data that break no reference of a product. */
const harmlessQuirks: readonly [QuirkName, ...QuirkName[]] = [
  'https lists',
  'capital-M number system',
  'no displays',
  'upper-case name parts',
  'zero quantities',
  'no quantities',
  'no contained items',
  'numeric element ids',
  'versioned references',
  'blanks in numbers',
  'procedure with 0000',
  'blanks in procedures',
  'free-text descriptions',
  'term versions',
  'units in UCUM',
];

const homes: Readonly<Record<Language, Market>> = {
  de: 'de-DE',
  el: 'el-EL',
  en: 'en-IE',
  es: 'es-ES',
  et: 'et-EE',
  fi: 'fi-FI',
  fr: 'fr-FR',
  pl: 'pl-PL',
  pt: 'pt-PT',
  sv: 'sv-SE',
};

function inventMarkets({ form }: ProductSpecification, isCentral: boolean, random: () => number): Market[] {
  const spoken = (Object.keys(formWords[form]) as Language[]).map((language) => homes[language]);
  const [main = 'en-IE', ...others] = spoken;
  return [isCentral ? 'en-EU' : main, ...others.filter(() => random() < 0.6), 'de-AT'];
}

const starts = [
  'Al',
  'Bre',
  'Cor',
  'Dé',
  'El',
  'Fan',
  'Gly',
  'Hö',
  'Ira',
  'Jun',
  'Kal',
  'Lor',
  'Mi',
  'Nor',
  'Ox',
] as const;
const middles = ['ba', 'ci', 'dro', 'fe', 'lu', 'mo', 'ni', 'pra', 'ri', 'sta', 'te', 'vu', 'xa'] as const;
const ends = ['dex', 'fin', 'gén', 'lan', 'mab', 'nol', 'pril', 'san', 'tin', 'vir', 'zol'] as const;
const suffixes = ['', '', '', '', '', '', ' Forte', ' 5 %', ', mild', ' "N"', " d'Or"] as const;

function inventBrand(index: number, pick: <T>(choices: readonly [T, ...T[]]) => T): string {
  const number = index.toString(36).toUpperCase();
  return `${pick(starts)}${pick(middles)}${pick(ends)}${pick(suffixes)} ${number}`;
}
