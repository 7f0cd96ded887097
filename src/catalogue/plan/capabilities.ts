/** Describes what the upstream supports, and which profiles can answer an operation. */
import { filterFeatures } from './filter-features.js';
import type { ResourceType } from '../../fhir/resources.js';
import { parts, type Forward, type Link, type Reverse } from '../graph/link.js';
import { linksOf, sortLinks } from '../search/subjects.js';
import { criteriaOf } from '../search/ways.js';
import { filterLinks, links } from '../graph/links.js';
import type { ProfileName } from '../profiles/profile.js';
import { isRoot, type Selection } from '../question/selection.js';
import {
  createFeatures,
  type Evidence,
  type Feature,
  type Features,
  type KnownFeatures,
} from '../upstream/features.js';
import { createFigures, type Figures } from '../upstream/figures.js';

export interface Capabilities {
  readonly features: Features;
  readonly figures: Figures;
  /** The profile that the settings choose. */
  readonly configured: ProfileName | 'auto';
  /**
   * Returns the profiles that can answer all selections, the cheapest profile first. The list is never empty.
   * @param known the upstream features to decide by
   * @default the features of the upstream
   */
  profilesFor(selections: readonly Selection[], known?: KnownFeatures): readonly ProfileName[];
  /** Profiles that can serve a part of an operation if its own profile fails. */
  readonly offered: readonly ProfileName[];
  /** The profile that can answer most operations. */
  readonly profile: ProfileName;
}

/** Resource types whose records need not be read if the reference to them has a display text. */
const toldByReference: ReadonlySet<ResourceType> = new Set(['Organization']);

const all: readonly Link[] = Object.values<Link>(links).flatMap(parts);
export const reverses: readonly Reverse[] = distinct(
  all.filter((link) => link.kind === 'reverse'),
  searchOf,
);
export const forwards: readonly Forward[] = all.filter((link) => link.kind === 'forward');

/** @param configured the profile that the settings name; `auto` if they name none */
export function createCapabilities(configured: ProfileName | 'auto'): Capabilities {
  const features = createFeatures();
  if (configured !== 'auto')
    for (const feature of featuresOf(configured))
      features.note(feature, feature === 'post-search' ? 'assumed' : 'configured');

  return {
    features,
    figures: createFigures(),
    configured,
    profilesFor(selections, known = features) {
      if (configured !== 'auto') return [configured];
      // An operation without upstream selections can use any profile. Its receipt names the usual one.
      if (selections.length === 0) return [this.profile];
      const able = ableFor(selections, known);
      return able.length > 0 ? able : [profileBy(known)];
    },
    get offered() {
      if (configured !== 'auto') return [configured];
      const names: ProfileName[] = [];
      if (reverses.some((link) => features.has(searchOf(link)))) names.push('search');
      if (features.has('everything')) names.push('everything');
      return names;
    },
    get profile() {
      return configured === 'auto' ? profileBy(features) : configured;
    },
  };
}

/** Returns the profiles that can answer all selections, the cheapest first. */
function ableFor(selections: readonly Selection[], known: KnownFeatures): readonly ProfileName[] {
  const able: ProfileName[] = [];
  const asked = new Set<Link>();
  addLinksIn(selections, asked);
  if (areSearched(asked, known)) {
    const wanted = [...asked].filter((link) => link.kind === 'reverse');
    // Without child links, the profiles `include` and `search` make the same calls.
    if ((wanted.length > 0 ? wanted : reverses).some((link) => isIncluded(link, known))) able.push('include');
    if (known.has(nameSearch)) able.push('search');
  }
  if (known.has('everything')) able.push('everything');
  return able;
}

/** Whether searches can follow all links. */
function areSearched(asked: Iterable<Link>, known: KnownFeatures): boolean {
  for (const link of asked) {
    if (link.kind === 'reverse' && !known.has(searchOf(link))) return false;
    if (link.kind !== 'forward') continue;
    for (const type of link.types)
      if (!toldByReference.has(type) && !known.has(`search ${type}?_id`)) return false;
  }
  return true;
}

/**
 * Whether the upstream may support the reverse include. This function reads the evidence directly: a call of `has`
 * would count as a use of the feature and might start a probe.
 */
function isIncluded(link: Reverse, known: KnownFeatures): boolean {
  const evidence = known.evidence(revincludeOf(link));
  return evidence !== undefined && evidence !== 'refuted';
}

/** Returns the profile for most operations. */
function profileBy(known: KnownFeatures): ProfileName {
  if (isSearched(known)) return reverses.some((link) => isIncluded(link, known)) ? 'include' : 'search';
  // If no profile is usable, one that is not refuted is used.
  const isSearchOnly =
    known.evidence('everything') === 'refuted' &&
    reverses.some((link) => known.evidence(searchOf(link)) !== 'refuted');
  return isSearchOnly ? 'search' : 'everything';
}

/**
 * Whether searches can follow every link to the resource types that the upstream serves. These links must be more
 * than half of all links, because a few unserved types affect few operations.
 */
function isSearched(known: KnownFeatures): boolean {
  const served = reverses.filter(({ type }) => isServed(type, known));
  return 2 * served.length > reverses.length && served.every((link) => known.has(searchOf(link)));
}

function isServed(type: ResourceType, known: KnownFeatures): boolean {
  return (
    reverses.some((link) => link.type === type && known.has(searchOf(link))) ||
    [...known.all].some(([name, evidence]) => name.startsWith(`search ${type}?`) && evidence !== 'refuted')
  );
}

export const nameSearch: Feature = 'search MedicinalProductDefinition?name';

export function searchOf({ type, parameter }: Reverse): Feature {
  return `search ${type}?${parameter}`;
}

export function revincludeOf({ type, parameter }: Reverse): Feature {
  return `revinclude ${type}:${parameter}`;
}

/** Adds the links that the selections follow, and the links that their filters and sort orders read. */
function addLinksIn(selections: readonly Selection[], found: Set<Link>): void {
  const add = (link: Link): void => {
    for (const part of parts(link)) found.add(part);
  };
  for (const { link, args, below } of selections) {
    if (!isRoot(link)) add(links[link]);
    if (args.search) {
      for (const { part } of criteriaOf(args.search).parts) linksOf(part).forEach(add);
      sortLinks(args.search).forEach(add);
    }
    if (args.terms) add(filterLinks.authorizations);
    for (const each of below.values()) addLinksIn(each, found);
  }
}

/** Returns the features that a profile uses. */
export function featuresOf(profile: ProfileName): readonly Feature[] {
  if (profile === 'everything') return ['everything', 'read', 'name-is-contains', nameSearch];
  const types = new Set([
    ...reverses.flatMap(({ type, parents }) => [type, ...parents]),
    ...forwards.flatMap((link) => link.types),
  ]);
  return [
    'read',
    'or',
    'post-search',
    nameSearch,
    ...reverses.map(searchOf),
    ...[...types].map((type): Feature => `search ${type}?_id`),
    ...filterFeatures,
    ...(profile === 'include' ? includesOfAll() : []),
  ];
}

/** The features that at least one profile uses. An upstream may declare a hundred others. */
export const neededFeatures: readonly Feature[] = [
  ...new Set<Feature>([
    ...featuresOf('everything'),
    ...featuresOf('include'),
    'elements',
    'elements-by-type',
  ]),
];

function includesOfAll(): readonly Feature[] {
  return [
    ...reverses.map(revincludeOf),
    ...forwards.flatMap(({ from, include }): Feature[] => (include ? [`include ${from}:${include}`] : [])),
  ];
}

function distinct<Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [nameOf(item), item])).values()];
}

export type { Evidence };
