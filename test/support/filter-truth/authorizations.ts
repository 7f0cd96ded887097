/** The filter parts on authorizations. One and the same authorization must meet all of them. */
import type { CodeableConcept, RegulatedAuthorization } from 'fhir/r5.js';
import { isCountry, isOfUnion, isUnion, isUnionItself } from './countries.js';
import { isBefore, isOver, isSince, oldestIsBefore, oldestIsSince, spanOf } from './dates.js';
import type { Family } from './family.js';
import type { FilterInput } from './input.js';
import { every, some, type Told } from './told.js';
import { isOrganization, organizationNames } from './organizations.js';
import { codesIn, isAny, compareIds, isConcept, solid, textsIn, valuesOf, type Names } from './words.js';

export type Kind = 'MARKETING' | 'ORPHAN' | 'PARALLEL_TRADE' | 'MANUFACTURING' | 'OTHER';
export type Lifecycle = 'PENDING' | 'AUTHORIZED' | 'SUSPENDED' | 'ENDED' | 'VOID' | 'UNKNOWN';

const kinds: Readonly<Record<string, Kind>> = {
  '220000000061': 'MARKETING',
  '220000000062': 'ORPHAN',
  '220000000063': 'PARALLEL_TRADE',
  '220000000099': 'MANUFACTURING',
};

/** Returns the kind of an authorization; undefined if the record does not state it. */
export function kindOf({ type, identifier = [] }: RegulatedAuthorization): Kind | undefined {
  const codes = codesIn(type);
  const [kind] = codes.flatMap((code) => kinds[code] ?? []);
  if (kind) return kind;
  // If the code is not EMA's, the text counts.
  if (textsIn(type).some((said) => /^\s*marketing authori[sz]ation\s*$/i.test(said))) return 'MARKETING';
  // A number of the EU register of orphan medicinal products, which is not a marketing authorization number.
  if (identifier.some(({ value }) => solid(value ?? '').startsWith('eu/3/'))) return 'ORPHAN';
  const hasNumber = (system: RegExp): boolean => identifier.some((each) => system.test(each.system ?? ''));
  if (hasNumber(/\/marketingauthorizationnumber$/i)) return 'MARKETING';
  return hasNumber(/\/manufacturingauthorizationnumber$/i) ? 'MANUFACTURING' : undefined;
}

/** Whether the authorization permits the sale of the medicine. */
export function mayBeSold(record: RegulatedAuthorization): Told {
  const kind = kindOf(record);
  return kind === undefined ? undefined : kind === 'MARKETING' || kind === 'PARALLEL_TRADE';
}

function holdsIn(record: RegulatedAuthorization, country: string): Told {
  const { region = [], identifier } = record;
  const isCentral = valuesOf(identifier).some((value) => solid(value).startsWith('eu/1/'));
  const ofUnion = some([...(isCentral ? [true] : []), ...region.map(isUnion)]);
  const expands = isUnionItself(country) || isOfUnion(country);
  const answers = [
    ...(region.length === 0 && !isCentral ? [undefined] : []),
    ...region.map((each) => isCountry(each, country)),
    ...(expands ? [ofUnion] : []),
  ];
  return every([mayBeSold(record), some(answers)]);
}

/** The lifecycle for each status of EMA's list 100000072049. */
const lifecycles: Readonly<Record<string, Lifecycle>> = {
  '100000072099': 'AUTHORIZED',
  '200000017708': 'AUTHORIZED',
  '200000017707': 'AUTHORIZED',
  '100000072122': 'SUSPENDED',
  '100000072100': 'ENDED',
  '100000072112': 'ENDED',
  '100000072113': 'ENDED',
  '100000072114': 'ENDED',
  '100000072121': 'ENDED',
  '100000072123': 'ENDED',
  '200000010409': 'ENDED',
  '220000000067': 'ENDED',
  '220000000066': 'PENDING',
  '200000026056': 'PENDING',
};

const voids = ['200000005006', '200000005007'];

function lifecycleOfRecord({ status, validityPeriod }: RegulatedAuthorization): Lifecycle {
  const [told = 'UNKNOWN'] = codesIn(status).flatMap((code) => lifecycles[code] ?? []);
  if (told === 'SUSPENDED' || told === 'ENDED') return told;
  const over = isOver(validityPeriod?.end);
  return over === undefined ? 'UNKNOWN' : over ? 'ENDED' : told;
}

function isVoid(status: CodeableConcept | undefined): boolean {
  return isAny(codesIn(status), voids);
}

const precedence: readonly Lifecycle[] = ['AUTHORIZED', 'SUSPENDED', 'PENDING', 'UNKNOWN', 'ENDED'];

export function lifecycleOf({ product, own, ofPacks }: Family): Lifecycle {
  if (isVoid(product.status)) return 'VOID';
  const all = [...own, ...ofPacks];
  const ofKind = (records: readonly RegulatedAuthorization[], kind: Kind | undefined): readonly Lifecycle[] =>
    records.filter((each) => kindOf(each) === kind).map(lifecycleOfRecord);
  const isOwn = ofKind(own, 'MARKETING').length > 0;
  const sure = [
    ofKind(own, 'MARKETING'),
    ofKind(ofPacks, 'MARKETING'),
    ofKind(own, 'PARALLEL_TRADE'),
    ofKind(ofPacks, 'PARALLEL_TRADE'),
  ].find((each) => each.length > 0);
  // An authorization of unknown kind may be a marketing authorization and take precedence. Then the lifecycle is unknown.
  const [told, open] = [sure ?? [], ofKind(isOwn ? own : all, undefined)].map((states) =>
    precedence.findIndex((each) => states.includes(each)),
  ) as [number, number];
  return told < 0 || (open >= 0 && open < told) ? 'UNKNOWN' : (precedence[told] ?? 'UNKNOWN');
}

/** Returns the start dates of authorizations; if none has one, the dates of their procedures. */
function datesOf(records: readonly RegulatedAuthorization[]): readonly unknown[] {
  const starts = records.flatMap(({ validityPeriod }) => validityPeriod?.start ?? []);
  if (starts.length > 0) return starts;
  return records.flatMap(
    (record) =>
      record.case?.dateDateTime ?? record.case?.datePeriod?.start ?? record.case?.datePeriod?.end ?? [],
  );
}

/** Returns the date of the first authorization that permits sale; undefined if the records do not say which is first. */
export function firstDate(family: Family): number | undefined {
  const firsts = possibleDates(family).map((dates) => {
    const spans = dates.flatMap((date) => spanOf(date) ?? []).toSorted((a, b) => a.from - b.from);
    return spans.length === dates.length ? spans[0]?.from : Number.NaN;
  });
  const [first] = firsts;
  return firsts.every((each) => each === first) ? first : undefined;
}

/**
 * Returns the holder's name of the marketing authorization with the first id; if there is none, of the parallel trade.
 * Authorizations of the product come before those of its packages.
 */
export function productHolder(family: Family): readonly string[] {
  const { own, ofPacks } = family;
  const [record] =
    (['MARKETING', 'PARALLEL_TRADE'] as const)
      .flatMap((kind) => [own, ofPacks].map((records) => records.filter((each) => kindOf(each) === kind)))
      .find((records) => records.length > 0)
      ?.toSorted((a, b) => compareIds(a.id ?? '', b.id ?? '')) ?? [];
  return record?.holder ? organizationNames(record.holder, family).slice(0, 1) : [];
}

function isHolder(record: RegulatedAuthorization, asked: readonly string[], family: Family): Told {
  return record.holder ? every([mayBeSold(record), isOrganization(record.holder, asked, family)]) : false;
}

function procedure(number: string): string {
  const written = solid(number);
  return written.endsWith('/0000') ? written.slice(0, -5) : written;
}

/** Filter parts that concern the product as a whole, if the filter has no other part on authorizations. */
const ofWhole = ['lifecycle', 'authorizedSince', 'authorizedBefore'] as const;

const ofOne = [
  'country',
  'authorizationStatus',
  'statusSince',
  'authorizationKind',
  'holder',
  'authorizationNumber',
  'procedureNumber',
] as const;

export function meetsAuthorizations(family: Family, filter: FilterInput, names: Names): Told {
  const given = (part: keyof FilterInput): boolean => filter[part] !== undefined;
  const whole = ofWhole.filter(given);
  if (ofOne.every((part) => !given(part)) && (whole.length === 0 || !isMixed(whole)))
    return every(ofProduct(family, filter));
  return some(
    [...family.own, ...family.ofPacks].map((record) => every(ofRecord(record, family, filter, names))),
  );
}

/**
 * Whether a lifecycle and a date are combined. Then both must hold for one authorization. Two dates alone concern the first
 * authorization.
 */
function isMixed(parts: readonly string[]): boolean {
  return parts.includes('lifecycle') && parts.length > 1;
}

function ofProduct(family: Family, filter: FilterInput): readonly Told[] {
  const { lifecycle, authorizedSince, authorizedBefore } = filter;
  const first = (judge: (dates: readonly unknown[]) => Told): Told => same(possibleDates(family).map(judge));
  return [
    lifecycle ? lifecycle.includes(lifecycleOf(family)) : true,
    authorizedSince === undefined || first((dates) => oldestIsSince(dates, authorizedSince)),
    authorizedBefore === undefined || first((dates) => oldestIsBefore(dates, authorizedBefore)),
  ];
}

/** Returns the possible sets of start dates: with and without each authorization of unknown kind. */
function possibleDates({ own, ofPacks }: Family): readonly (readonly unknown[])[] {
  const all = [...own, ...ofPacks];
  const sure = all.filter((each) => mayBeSold(each) === true);
  const open = all.filter((each) => mayBeSold(each) === undefined);
  return [[], ...open.map((each) => [each]), open].map((others) => datesOf([...sure, ...others]));
}

function same([one, ...others]: readonly Told[]): Told {
  return others.every((each) => each === one) ? one : undefined;
}

function ofRecord(
  record: RegulatedAuthorization,
  family: Family,
  filter: FilterInput,
  names: Names,
): readonly Told[] {
  const { country, lifecycle, authorizationStatus, authorizationKind, holder } = filter;
  const numbers = [filter.authorizationNumber ?? []].flat().map(solid);
  const procedures = [filter.procedureNumber ?? []].flat().map(procedure);
  const [date] = datesOf([record]);
  const kind = kindOf(record);
  return [
    country ? some(country.map((each) => holdsIn(record, each))) : true,
    lifecycle ? lifecycle.includes(isVoid(family.product.status) ? 'VOID' : lifecycleOfRecord(record)) : true,
    authorizationStatus && record.status
      ? isConcept(record.status, authorizationStatus, names)
      : !authorizationStatus,
    filter.statusSince === undefined ||
      (record.statusDate !== undefined && isSince(record.statusDate, filter.statusSince)),
    authorizationKind ? kind && authorizationKind.includes(kind) : true,
    filter.authorizedSince === undefined || (date !== undefined && isSince(date, filter.authorizedSince)),
    filter.authorizedBefore === undefined || (date !== undefined && isBefore(date, filter.authorizedBefore)),
    holder ? isHolder(record, holder, family) : true,
    numbers.length === 0 || isAny(valuesOf(record.identifier).map(solid), numbers),
    procedures.length === 0 ||
      isAny(valuesOf(record.case?.identifier && [record.case.identifier]).map(procedure), procedures),
  ];
}
