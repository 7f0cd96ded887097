/**
 * Adds facts that only some records have to generated products. These facts use their own random numbers, so that the
 * other facts for a seed do not change.
 */

import { marketCountries, splitMarket } from './expand/identity.js';
import { companyNames } from './organizations.js';
import { createRandom } from './random.js';
import type {
  Authorization,
  ItemSpecification,
  OtherAuthorization,
  PackSpecification,
  ProductSpecification,
  Sale,
} from './specification.js';
import type { AuthorizationStatus, Country, Marketing } from './terms.js';

/** This number is added to the seed, so that the random numbers are independent of those in `generate.ts`. */
const STREAM = 0x5eed;

interface Draw {
  chance(share: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** Returns the product with random facts about salts, excipients, authorizations, shortages and documents. */
export function inventFacts(seed: number, product: ProductSpecification): ProductSpecification {
  const random = createRandom(seed + STREAM, product.no);
  const draw: Draw = {
    chance: (share) => random() < share,
    pick: (choices) => choices[Math.floor(random() * choices.length)] ?? choices[0],
  };
  const languages = [...new Set(product.markets.map((market) => splitMarket(market)[0]))];
  return {
    ...product,
    authorization: inventAuthorization(product, draw),
    items: inventItems(product.items, draw),
    packs: product.packs.map((pack) => inventSales(product, pack, draw)),
    ...(draw.chance(0.3) ? { documents: languages.map((language) => ['leaflet', language] as const) } : {}),
    ...(draw.chance(0.03) ? { ownIngredients: ['Lactose'] } : {}),
  };
}

const rareStatuses: readonly [AuthorizationStatus, ...AuthorizationStatus[]] = [
  'not renewed',
  'pending',
  'rejected',
  'revoked',
  'sunset',
  'surrendered',
  'transferred',
];

function inventAuthorization({ authorization }: ProductSpecification, draw: Draw): Authorization {
  const { by, procedure, date, status = 'valid' } = authorization;
  const rare = status === 'valid' && draw.chance(0.15) ? draw.pick(rareStatuses) : undefined;
  const isGranted = rare !== 'pending' && rare !== 'rejected';
  const isPartial = draw.chance(0.1);
  return {
    ...authorization,
    ...(rare === undefined ? {} : { status: rare, statusDate: '2025-06' }),
    ...(draw.chance(0.04) ? { status: 'unknown' } : {}),
    ...(draw.chance(0.06) && by !== 'EU' ? { type: 'parallel trade' } : {}),
    ...(draw.chance(0.04) ? { isRegionTold: false } : {}),
    ...(isPartial ? { date: date.slice(0, draw.pick([4, 7])) } : {}),
    ...(draw.chance(0.05) ? { dateIn: 'nowhere' } : {}),
    ...(isGranted ? {} : { dateIn: procedure === undefined ? 'nowhere' : 'procedure' }),
    ...(draw.chance(0.05) ? { validUntil: '2024-12-31' } : {}),
    ...(draw.chance(0.15) ? { others: [inventOther(authorization, draw)] } : {}),
  };
}

const elsewhere: readonly [Country, ...Country[]] = ['SE', 'DE', 'FR', 'ES', 'PL', 'GB'];

function inventOther({ number }: Authorization, draw: Draw): OtherAuthorization {
  return {
    by: draw.pick(elsewhere),
    number: `${number}-P`,
    date: draw.pick(['2009-04-01', '2016-11', '2022']),
    status: draw.pick(['valid', 'valid', 'suspended', 'revoked', 'withdrawn']),
    statusDate: '2025-02-03',
    type: draw.pick(['marketing', 'parallel trade']),
    holder: draw.pick(companyNames as [(typeof companyNames)[number]]),
  };
}

/** Removes the excipients of some products, and the base substance from some salts. */
function inventItems(items: readonly ItemSpecification[], draw: Draw): readonly ItemSpecification[] {
  const isListMissing = draw.chance(0.05);
  const isSaltAlone = draw.chance(0.1);
  return items.map(({ ingredients, ...item }) => ({
    ...item,
    ingredients: ingredients
      .filter(({ role }) => !isListMissing || role !== 'excipient')
      .map(({ reference, ...ingredient }) =>
        isSaltAlone || reference === undefined ? ingredient : { ...ingredient, reference },
      ),
  }));
}

function inventSales(product: ProductSpecification, pack: PackSpecification, draw: Draw): PackSpecification {
  if (!draw.chance(0.25)) return pack;
  return { ...pack, sold: marketCountries(product).map((country) => inventSale(country, draw)) };
}

function inventSale(country: Country, draw: Draw): Sale {
  const status = draw.pick<Marketing>([
    'marketed',
    'temporarily unavailable',
    'not marketed',
    'never marketed',
    'no data provided',
  ]);
  return {
    in: country,
    status,
    ...(draw.chance(0.7) ? { from: draw.pick(['2010', '2019-05', '2024-10-01', '2031-01-01']) } : {}),
    ...(draw.chance(0.2) ? { to: draw.pick(['2025-12-31', '2030']) } : {}),
    ...(status === 'temporarily unavailable' ? { restore: draw.pick(['2027-01', '2028-06-30']) } : {}),
    ...(draw.chance(0.3) ? { isAtRisk: status === 'temporarily unavailable' } : {}),
  };
}
