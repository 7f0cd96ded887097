/** Describes what the upstream supports, and which profiles can answer an operation. */
import { filterFeatures } from './filter-features.js';
import type { ResourceType } from '../../fhir/resources.js';
import { parts, type Forward, type Link, type Reverse } from '../graph/link.js';
import { linksOf, sortLinks } from '../search/subjects.js';
import { criteriaOf } from '../search/ways.js';
import { filterLinks, links } from '../graph/links.js';
import { profileNames, type ProfileName } from '../profiles/profile.js';
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
      const able = profileNames.filter((profile) => answers(profile, selections, known));
      return able.length > 0 ? able : [profileBy(known)];
    },
    get offered() {
      if (configured !== 'auto') return [configured];
      return profileNames.filter(
        (profile) =>
          (profile === 'everything' && features.has('everything')) ||
          (profile === 'search' && reverses.some((link) => features.has(searchOf(link)))),
      );
    },
    get profile() {
      return configured === 'auto' ? profileBy(features) : configured;
    },
  };
}

function answers(profile: ProfileName, selections: readonly Selection[], known: KnownFeatures): boolean {
  if (profile === 'everything') return known.has('everything');
  const asked = linksIn(selections);
  const isAllSearched = asked.every(
    (link) =>
      (link.kind !== 'reverse' || known.has(searchOf(link))) &&
      (link.kind !== 'forward' || isRead(link, known)),
  );
  if (profile === 'search' || !isAllSearched) return isAllSearched && known.has(nameSearch);
  const wanted = asked.filter((link) => link.kind === 'reverse');
  // If no link leads to children, the profiles `include` and `search` send the same requests.
  return (wanted.length > 0 ? wanted : reverses).some((link) => isIncluded(link, known));
}

function isRead({ types }: Forward, known: KnownFeatures): boolean {
  return types.every((type) => toldByReference.has(type) || known.has(`search ${type}?_id`));
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

/** Returns the links that the selections follow, and those that their filters and sort orders follow. */
function linksIn(selections: readonly Selection[]): readonly Link[] {
  return selections.flatMap(({ link, args, below }) => [
    ...(isRoot(link) ? [] : parts(links[link])),
    ...(args.search ? criteriaOf(args.search).parts.flatMap(({ part }) => linksOf(part).flatMap(parts)) : []),
    ...(args.search ? sortLinks(args.search).flatMap(parts) : []),
    ...(args.terms ? parts(filterLinks.authorizations) : []),
    ...linksIn([...below.values()].flat()),
  ]);
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
