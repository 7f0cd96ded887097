/** The choice of a profile by the features of the upstream, for the service and for each operation. */
import { describe, expect, it } from 'vitest';
import {
  createCapabilities,
  featuresOf,
  neededFeatures,
  reverses,
  revincludeOf,
  searchOf,
} from '../../../src/catalogue/plan/capabilities.js';
import type { LinkName } from '../../../src/catalogue/graph/links.js';
import type { Selection } from '../../../src/catalogue/question/selection.js';
import type { Guise, Profile } from '../../../src/sandbox/server.js';
import { learnSandbox } from '../../support/learning.js';
import { oneIn } from '../../support/tier.js';

const profiles = ['everything', 'search', 'include'] as const;

/** A selection of one product with the given links. */
function asking(...names: readonly LinkName[]): readonly Selection[] {
  const below = names.map((link) => ({ link, args: {}, path: [link], below: new Map() }));
  const keys = ['MedicinalProductDefinition/1'];
  return [
    {
      link: 'resources',
      args: { keys },
      path: ['product'],
      below: new Map([['MedicinalProductDefinition', below]]),
    },
  ];
}

describe('a profile that `PMS_PROFILE` sets', () => {
  it.each(profiles)('is the only one that the service uses: `%s`', (profile) => {
    const capabilities = createCapabilities(profile);
    expect(capabilities.profile).toBe(profile);
    expect(capabilities.offered).toEqual([profile]);
    expect(capabilities.profilesFor(asking('product.packages'))).toEqual([profile]);
  });

  // The HTTP method of a search does not change what can be searched for.
  it.each(profiles)('has all its features counted as supported but not proven: `%s`', (profile) => {
    const { features } = createCapabilities(profile);
    expect(features.all).toEqual(
      new Map(
        featuresOf(profile).map((feature) => [feature, feature === 'post-search' ? 'assumed' : 'configured']),
      ),
    );
  });
});

describe('without any evidence about features', () => {
  it('an upstream is treated like EMA’s API', () => {
    const capabilities = createCapabilities('auto');
    expect(capabilities.profile).toBe('everything');
    expect(capabilities.offered).toEqual([]);
    expect(capabilities.profilesFor(asking('product.packages'))).toEqual(['everything']);
  });
});

describe('the possible profiles for one operation', () => {
  const known = (without: readonly string[] = []): ReturnType<typeof createCapabilities> => {
    const capabilities = createCapabilities('auto');
    for (const feature of neededFeatures)
      capabilities.features.note(feature, without.includes(feature) ? 'refuted' : 'probed');
    return capabilities;
  };

  it('are all profiles that can answer it completely, the cheapest first', () => {
    expect(known().profilesFor(asking('product.packages', 'product.ingredients'))).toEqual([
      'include',
      'search',
      'everything',
    ]);
  });

  it('are without a profile that lacks a search that the operation needs', () => {
    const capabilities = known(['search ClinicalUseDefinition?subject']);
    expect(capabilities.profilesFor(asking('product.clinicalUses'))).toEqual(['everything']);
    expect(capabilities.profilesFor(asking('product.packages'))).toEqual(['include', 'search', 'everything']);
  });

  it('are without a profile that cannot read references, except to organizations, which have a display', () => {
    const lacking = ['search ManufacturedItemDefinition?_id', 'search Organization?_id'];
    const capabilities = known(lacking);
    expect(capabilities.profilesFor(asking('product.manufacturedItems'))).toEqual(['everything']);
    expect(capabilities.profilesFor(asking('contact.organization'))).toContain('search');
  });

  it('contain `include` if at least one selected link can be included', () => {
    const packages = 'revinclude PackagedProductDefinition:package-for';
    const capabilities = known([packages]);
    expect(capabilities.profilesFor(asking('product.packages'))).toEqual(['search', 'everything']);
    expect(capabilities.profilesFor(asking('product.packages', 'product.clinicalUses'))).toContain('include');
  });

  it('are the default profile alone if no profile can answer the operation completely', () => {
    const capabilities = known([...reverses.map(searchOf), 'everything']);
    expect(capabilities.profilesFor(asking('product.packages'))).toEqual([capabilities.profile]);
  });
});

describe('the default profile with `PMS_PROFILE=auto`', () => {
  const profileWith = (...refuted: readonly string[]): Profile => {
    const capabilities = createCapabilities('auto');
    for (const feature of neededFeatures)
      capabilities.features.note(feature, refuted.includes(feature) ? 'refuted' : 'probed');
    return capabilities.profile;
  };
  const [one = '', ...others] = reverses.map(searchOf);
  const allOf = (type: string): readonly string[] =>
    neededFeatures.filter((feature) => feature.startsWith(`search ${type}?`));

  it.each([
    ['include', 'the upstream supports every feature', []],
    ['search', 'the upstream supports no `_revinclude`', reverses.map(revincludeOf)],
    ['everything', 'the upstream lacks one search and offers $everything', [one]],
    ['search', 'the upstream lacks one search and $everything', [one, 'everything']],
    [
      'include',
      'the upstream lacks only the searches for ClinicalUseDefinition',
      allOf('ClinicalUseDefinition'),
    ],
    [
      'everything',
      'the upstream lacks all searches for three types',
      [...new Set(reverses.map(({ type }) => type))].slice(0, 3).flatMap(allOf),
    ],
    ['everything', 'the upstream lacks all searches for linked records', [one, ...others]],
    [
      'everything',
      'the upstream lacks $everything and all searches for linked records',
      [one, ...others, 'everything'],
    ],
  ] as const)('is `%s` if %s', (profile, _what, refuted) => {
    expect(profileWith(...refuted)).toBe(profile);
  });
});

describe('what the service learns from an upstream at its start', () => {
  const cases: readonly (readonly [expected: Profile, profile: Profile, what: string, guise: Guise])[] = [
    ['everything', 'everything', 'with default options', {}],
    ['everything', 'everything', 'that has a CapabilityStatement', { metadata: 'present' }],
    ['everything', 'everything', 'that has an OpenAPI document', { metadata: 'swagger' }],
    ['search', 'search', 'with default options', {}],
    ['search', 'search', 'that has no CapabilityStatement', { metadata: 'absent' }],
    ['search', 'search', 'that has an OpenAPI document', { metadata: 'swagger' }],
    ['search', 'search', 'that also offers $everything', { everything: 'present' }],
    ['search', 'search', 'that declares no search parameters', { conceals: ['*'] }],
    ['search', 'search', 'that ignores `_elements`', { ignores: ['_elements'] }],
    [
      'everything',
      'search',
      'that offers $everything but not `package-for`',
      { everything: 'present', lacks: ['package-for'] },
    ],
    [
      'everything',
      'search',
      'that offers $everything and refuses `subject`',
      { everything: 'present', refuses: ['subject'] },
    ],
    [
      'everything',
      'search',
      'that offers $everything and ignores `Ingredient?for`',
      { everything: 'present', ignores: ['Ingredient?for'] },
    ],
    [
      'everything',
      'search',
      'that offers $everything, and ignores `Ingredient?for` but repeats it in the `self` link',
      { everything: 'present', ignores: ['Ingredient?for'], self: 'asked' },
    ],
    ['search', 'search', 'that does not support `package-for`', { lacks: ['package-for'] }],
    [
      'search',
      'search',
      'that offers $everything but no ClinicalUseDefinition search',
      { everything: 'present', lacks: ['ClinicalUseDefinition?'] },
    ],
    ['include', 'include', 'with default options', {}],
    ['include', 'include', 'that also offers $everything', { everything: 'present' }],
    ['search', 'include', 'that does not support `_revinclude`', { lacks: ['_revinclude'] }],
    ['search', 'include', 'that ignores `_revinclude`', { ignores: ['_revinclude'] }],
    [
      'search',
      'include',
      'that ignores `_revinclude` but repeats it in the `self` link',
      { ignores: ['_revinclude'], self: 'asked' },
    ],
    ['search', 'include', 'that includes no records', { included: 0 }],
  ];
  it.each(
    oneIn(3, cases).map(([expected, profile, what, guise]) => [expected, what, profile, guise] as const),
  )(
    'is the default profile `%s`, over an upstream %s, otherwise with the features of `%s`',
    async (expected, _what, profile, guise) => {
      const { capabilities } = await learnSandbox({ profile, guise });
      expect(capabilities.profile).toBe(expected);
    },
  );

  it.each(
    oneIn(3, [
      ['name-is-contains', 'everything', 'with default options', {}, 'probed'],
      ['name-is-contains', 'search', 'with default options', {}, 'refuted'],
      [
        'name-is-contains',
        'search',
        'whose `name` matches any part of a name',
        { name: 'contains' },
        'probed',
      ],
      ['or', 'search', 'with default options', {}, 'probed'],
      ['read', 'search', 'with default options', {}, 'probed'],
      ['read', 'search', 'that has no read by id', { read: 'absent' }, 'refuted'],
      ['elements', 'search', 'with default options', {}, 'probed'],
      ['elements', 'search', 'that ignores `_elements`', { ignores: ['_elements'] }, 'refuted'],
      [
        'search Ingredient?for',
        'search',
        'that ignores `Ingredient?for`',
        { ignores: ['Ingredient?for'] },
        'refuted',
      ],
      ['everything', 'search', 'with default options', {}, 'refuted'],
    ] as const).map(
      ([feature, profile, what, guise, evidence]) => [feature, evidence, what, profile, guise] as const,
    ),
  )(
    'about the feature `%s` is the evidence "%s", over an upstream %s, otherwise with the features of `%s`',
    async (feature, evidence, _what, profile, guise) => {
      const { capabilities } = await learnSandbox({ profile, guise });
      expect(capabilities.features.evidence(feature)).toBe(evidence);
    },
  );
});
