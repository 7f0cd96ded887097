/** The filter parts on packages: one package must meet size, marketing and bar code together. Also `legalStatusOfSupply`. */
import type {
  MarketingStatus,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
} from 'fhir/r5.js';
import { isCountry, spellingsOfCountry } from './countries.js';
import { hasBegun, isBefore, isOver, spanOf } from './dates.js';
import type { Family } from './family.js';
import type { FilterInput, MarketedInput } from './input.js';
import { every, not, some, type Told } from './told.js';
import { codesIn, isAny, isConcept, plain, solid, textsIn, valuesOf, type Names } from './words.js';

/** The names of the marketing statuses in EMA's list 100000072052. */
const states: Readonly<Record<string, string>> = {
  '100000072083': 'MARKETED',
  '100000072074': 'NOT_MARKETED',
  '200000026055': 'NEVER_MARKETED',
  '230000000000': 'TEMPORARILY_UNAVAILABLE',
};
const noData = '100000072075';

function isState({ status }: MarketingStatus, asked: readonly string[]): Told {
  const codes = codesIn(status);
  if (isAny(codes, asked)) return true;
  if (codes.length === 0 || codes.includes(noData)) return undefined;
  const names = codes.flatMap((code) => states[code] ?? []);
  if (isAny(names, asked)) return true;
  return names.length === 0 && !asked.every((each) => /\d/.test(each)) ? undefined : false;
}

function isIn({ country, jurisdiction }: MarketingStatus, asked: readonly string[] | undefined): Told {
  if (!asked) return true;
  const place = country ?? jurisdiction;
  return place && some(asked.map((each) => isCountry(place, each)));
}

function placeOf({ country, jurisdiction }: MarketingStatus): string {
  const place = country ?? jurisdiction;
  const said = place ? [...codesIn(place), ...textsIn(place)] : [];
  // Replaces the spelling of a country, code or name, by one spelling.
  const spelled = said.map(spellingsOfCountry).find((spellings) => spellings.length > 1) ?? said;
  return plain(spelled[0] ?? '');
}

/** Returns the marketing statuses that are valid today. Of several for one country, the one that began last. */
function current(statuses: readonly MarketingStatus[]): readonly (readonly [MarketingStatus, Told])[] {
  const counting = statuses.flatMap((each): (readonly [MarketingStatus, Told])[] => {
    const counts = every([hasBegun(each.dateRange?.start), not(isOver(each.dateRange?.end))]);
    return counts === false ? [] : [[each, counts]];
  });
  return counting.filter(
    ([each]) =>
      !counting.some(
        ([other, counts]) => counts && placeOf(other) === placeOf(each) && begun(other) > begun(each),
      ),
  );
}

function begun({ dateRange }: MarketingStatus): number {
  return spanOf(dateRange?.start)?.from ?? Number.NEGATIVE_INFINITY;
}

function isMarketed(statuses: readonly MarketingStatus[] | undefined, asked: MarketedInput): Told {
  const { country, status = ['MARKETED'], restoreBefore } = asked;
  return some(
    current(statuses ?? []).map(([each, counts]) =>
      every([
        counts,
        isIn(each, country),
        isState(each, status),
        restoreBefore === undefined ||
          (each.restoreDate !== undefined && isBefore(each.restoreDate, restoreBefore)),
      ]),
    ),
  );
}

const measures = /^(100000110\d{3}|20000000343[34])$/;

/** Returns the number of units in the package; null if it is not a single count, undefined if unknown. */
export function sizeOf({ containedItemQuantity = [] }: PackagedProductDefinition): number | null | undefined {
  const [quantity, ...others] = containedItemQuantity;
  if (!quantity || others.length > 0) return null;
  const { value, code, unit } = quantity;
  if (value === undefined) return undefined;
  if (value === 0 || measures.test(code ?? '') || /^(ml|g|mg|l)$/i.test(code ?? unit ?? '')) return null;
  return code === undefined && unit === undefined ? undefined : value;
}

/** Returns the bar codes of a packaging at any depth, with 14 digits. */
export function carriersIn(packaging: PackagedProductDefinitionPackaging | undefined): readonly string[] {
  if (!packaging) return [];
  return [...valuesOf(packaging.identifier).map(gtin), ...(packaging.packaging ?? []).flatMap(carriersIn)];
}

function gtin(value: string): string {
  const written = solid(value);
  return /^\d{8,14}$/.test(written) ? written.padStart(14, '0') : written;
}

function isSize(size: number | null | undefined, asked: FilterInput['packSize']): Told {
  if (!asked) return true;
  if (size === undefined || size === null) return size === null ? false : undefined;
  return size >= (asked.min ?? size) && size <= (asked.max ?? size);
}

function ofPack(
  pack: PackagedProductDefinition,
  { product }: Family,
  { packSize, marketed, dataCarrier }: FilterInput,
): Told {
  const isSilent = (pack.marketingStatus ?? []).length === 0;
  const { marketingStatus } = isSilent ? product : pack;
  const isThere = marketed ? isMarketed(marketingStatus, marketed) : true;
  return every([
    isSize(sizeOf(pack), packSize),
    // A marketing status of the product does not say which of its packages it concerns.
    marketed && isSilent && isThere !== false ? undefined : isThere,
    dataCarrier ? isAny(carriersIn(pack.packaging), dataCarrier.map(gtin)) : true,
  ]);
}

export function meetsPackages(family: Family, filter: FilterInput): Told {
  const { product, packs } = family;
  const { packSize, marketed, dataCarrier } = filter;
  if (!packSize && !marketed && !dataCarrier) return true;
  if (marketed && !packSize && !dataCarrier)
    return some([product, ...packs].map(({ marketingStatus }) => isMarketed(marketingStatus, marketed)));
  return some(packs.map((pack) => ofPack(pack, family, filter)));
}

/** Whether a product has a legal status of supply. With a country, statuses of other countries do not count. */
export function meetsSupply(
  { product, packs }: Family,
  { legalStatusOfSupply, country }: FilterInput,
  names: Names,
): Told {
  if (!legalStatusOfSupply) return true;
  const own = product.legalStatusOfSupply;
  const ofPacks = packs.flatMap((pack) => pack.legalStatusOfSupply ?? []);
  return some([
    own ? isConcept(own, legalStatusOfSupply, names) : false,
    ...ofPacks.map(({ code, jurisdiction }) =>
      every([
        code !== undefined && isConcept(code, legalStatusOfSupply, names),
        country && jurisdiction ? some(country.map((each) => isCountry(jurisdiction, each))) : true,
      ]),
    ),
  ]);
}
