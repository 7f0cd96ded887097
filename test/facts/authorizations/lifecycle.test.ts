/** The lifecycle of products: each status term, each date, and each combination of authorizations. */
import type { CodeableConcept } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { lifecycleOf, lifecycleOfAuthorization } from '../../../src/facts/authorizations/lifecycle.js';
import { emaTerms } from '../../../src/terms/ema-terms.js';
import { authorization, kinds, term } from '../records.js';
import { brief, titled } from '../../support/titles.js';

const today = new Date('2026-06-15T09:30:00Z');
const status = (code: string): CodeableConcept => term('100000072049', code);
const record = (code: string): { status: CodeableConcept } => ({ status: term('200000005003', code) });
const current = record('200000005004');

const ofTerms = [
  ['100000072099', 'AUTHORIZED'],
  ['200000017708', 'AUTHORIZED'],
  ['200000017707', 'AUTHORIZED'],
  ['100000072122', 'SUSPENDED'],
  ['100000072100', 'ENDED'],
  ['100000072112', 'ENDED'],
  ['100000072113', 'ENDED'],
  ['100000072114', 'ENDED'],
  ['100000072121', 'ENDED'],
  ['100000072123', 'ENDED'],
  ['200000010409', 'ENDED'],
  ['220000000067', 'ENDED'],
  ['200000026056', 'PENDING'],
  ['220000000066', 'PENDING'],
  ['200000029967', 'UNKNOWN'],
] as const;

describe('the status of an authorization', () => {
  const texts = emaTerms['100000072049'] ?? {};

  it('is defined for every term of its RMS list', () => {
    expect(ofTerms.map(([code]) => code as string).sort()).toEqual(Object.keys(texts).sort());
  });

  it.each(ofTerms)('with the RMS code %s is %s, by this code or by its English text', (code, lifecycle) => {
    const concepts: readonly CodeableConcept[] = [
      status(code),
      { coding: [{ code }] },
      { coding: [{ display: texts[code] ?? '' }] },
      { text: (texts[code] ?? '').toUpperCase() },
    ];
    for (const each of concepts)
      expect(lifecycleOfAuthorization({ status: each }, current, today)).toBe(lifecycle);
  });

  it.each(
    titled(
      [
        [undefined],
        [{}],
        [{ text: 'Approved with conditions' }],
        [status('100000099999')],
        [{ coding: [{ system: 'http://example.org/status', code: 'active' }] }],
        [{ coding: [{ system: 'http://example.org/status', code: 'x', display: 'Valid' }], text: 'Valid' }],
        [{ coding: [{ system: 'http://example.org/status', code: '100000072099' }] }],
        [{ coding: 'Valid', text: 7 }],
        ['Valid'],
        [null],
      ],
      (concept) => `with the element ${brief(concept)} is UNKNOWN`,
    ),
  )('%s', (_title, concept) => {
    expect(lifecycleOfAuthorization({ status: concept as CodeableConcept }, current, today)).toBe('UNKNOWN');
  });

  it('is read from the coding of EMA’s list if there are several codings', () => {
    const concept = {
      coding: [
        { system: 'http://example.org/status', code: '1', display: 'Revoked' },
        { code: '100000072099' },
      ],
    };
    expect(lifecycleOfAuthorization({ status: concept }, current, today)).toBe('AUTHORIZED');
  });
});

describe('a product with the record', () => {
  it.each(
    titled(
      [
        [record('200000005004'), 'AUTHORIZED'],
        [record('200000005005'), 'AUTHORIZED'],
        [record('200000005006'), 'VOID'],
        [record('200000005007'), 'VOID'],
        [{ status: { text: 'Nullified' } }, 'VOID'],
        [{ status: { coding: [{ display: 'Non-current' }] } }, 'VOID'],
        [
          { status: { coding: [{ system: 'http://hl7.org/fhir/publication-status', code: 'retired' }] } },
          'VOID',
        ],
        [
          { status: { coding: [{ system: 'http://hl7.org/fhir/publication-status', code: 'active' }] } },
          'AUTHORIZED',
        ],
        [{ status: { coding: [{ system: 'http://example.org', code: 'nullified' }] } }, 'AUTHORIZED'],
        [{}, 'AUTHORIZED'],
      ],
      (product, lifecycle) => `${brief(product)} makes its valid authorization count as ${lifecycle}`,
    ),
  )('%s', (_title, product, lifecycle) => {
    const valid = authorization({ type: kinds.marketing, status: status('100000072099') });
    expect(lifecycleOfAuthorization(valid, product, today)).toBe(lifecycle);
    expect(lifecycleOf(product, { own: [valid], ofPackages: [] }, today)).toBe(lifecycle);
  });

  it('of status 200000005007 and without authorizations is VOID', () => {
    const none = { own: [], ofPackages: [] };
    expect(lifecycleOf(record('200000005007'), none, today)).toBe('VOID');
    expect(lifecycleOf(current, none, today)).toBe('UNKNOWN');
  });
});

describe('on 2026-06-15, an authorization', () => {
  it.each([
    ['2025', 'ENDED'],
    ['2026', 'AUTHORIZED'],
    ['2026-05', 'ENDED'],
    ['2026-06', 'AUTHORIZED'],
    ['2026-06-14', 'ENDED'],
    ['2026-06-15', 'AUTHORIZED'],
    ['2026-06-16', 'AUTHORIZED'],
    ['2026-06-14T23:59:59Z', 'ENDED'],
    ['2026-06-15T08:00:00Z', 'AUTHORIZED'],
    ['2027', 'AUTHORIZED'],
    [undefined, 'AUTHORIZED'],
    ['soon', 'UNKNOWN'],
    ['2026-13', 'UNKNOWN'],
    [7, 'UNKNOWN'],
  ])('with the status Valid and the end of validity %s is %s', (end, lifecycle) => {
    const given = { status: status('100000072099'), validityPeriod: { end } as object };
    expect(lifecycleOfAuthorization(given, current, today)).toBe(lifecycle);
  });

  it.each([
    ['100000072122', 'SUSPENDED', 'SUSPENDED'],
    ['100000072121', 'ENDED', 'ENDED'],
    ['220000000066', 'ENDED', 'UNKNOWN'],
    ['200000029967', 'ENDED', 'UNKNOWN'],
  ])(
    'with the status %s is %s after its end of validity, and %s if this end is unreadable',
    (code, past, unreadable) => {
      const withEnd = (end: string): object => ({ status: status(code), validityPeriod: { end } });
      expect(lifecycleOfAuthorization(withEnd('2020'), current, today)).toBe(past);
      expect(lifecycleOfAuthorization(withEnd('never'), current, today)).toBe(unreadable);
    },
  );
});

describe('the lifecycle of a product with several authorizations', () => {
  const codes = {
    AUTHORIZED: '100000072099',
    SUSPENDED: '100000072122',
    PENDING: '220000000066',
    UNKNOWN: '200000029967',
    ENDED: '100000072113',
  } as const;
  type Standing = keyof typeof codes;
  const order = Object.keys(codes) as readonly Standing[];
  const is = (kind: keyof typeof kinds, standing: Standing) =>
    authorization({ type: kinds[kind], status: status(codes[standing]) });
  const ofUnknownKind = (standing: Standing) =>
    authorization({ type: { text: 'Notice' }, status: status(codes[standing]) });

  it.each(order.flatMap((one, at) => order.slice(at).map((other) => [one, other] as const)))(
    'is %s with one authorization of this lifecycle and another one that is %s, whichever comes first',
    (one, other) => {
      const both = [is('marketing', one), is('marketing', other)];
      for (const own of [both, both.toReversed()]) {
        expect(lifecycleOf(current, { own, ofPackages: [] }, today)).toBe(one);
        expect(lifecycleOf(current, { own: [], ofPackages: own }, today)).toBe(one);
      }
    },
  );

  // Status by place, in order of precedence: own marketing, packages' marketing, own parallel trade, packages' parallel
  // trade.
  type Maybe = Standing | undefined;
  const places: readonly [Maybe, Maybe, Maybe, Maybe, Standing][] = [
    ['ENDED', 'AUTHORIZED', 'AUTHORIZED', 'AUTHORIZED', 'ENDED'],
    ['ENDED', undefined, 'AUTHORIZED', 'AUTHORIZED', 'ENDED'],
    ['ENDED', 'AUTHORIZED', undefined, undefined, 'ENDED'],
    [undefined, 'SUSPENDED', 'AUTHORIZED', 'AUTHORIZED', 'SUSPENDED'],
    [undefined, 'SUSPENDED', undefined, 'AUTHORIZED', 'SUSPENDED'],
    [undefined, 'SUSPENDED', 'AUTHORIZED', undefined, 'SUSPENDED'],
    [undefined, 'SUSPENDED', undefined, undefined, 'SUSPENDED'],
    [undefined, undefined, 'PENDING', 'AUTHORIZED', 'PENDING'],
    [undefined, undefined, 'PENDING', undefined, 'PENDING'],
    [undefined, undefined, undefined, 'AUTHORIZED', 'AUTHORIZED'],
    [undefined, undefined, undefined, undefined, 'UNKNOWN'],
  ];
  it.each(
    titled(places, (own, packed, trade, packedTrade, result) => {
      const parts = [
        own && `an own marketing authorization ${own}`,
        packed && `a package’s marketing authorization ${packed}`,
        trade && `an own parallel trade ${trade}`,
        packedTrade && `a package’s parallel trade ${packedTrade}`,
      ];
      return `is ${result} with ${parts.filter((part) => part !== undefined).join(', ') || 'no authorization'}`;
    }),
  )('%s', (_title, own, packed, trade, packedTrade, result) => {
    const given = {
      own: [...(own ? [is('marketing', own)] : []), ...(trade ? [is('parallel', trade)] : [])],
      ofPackages: [
        ...(packed ? [is('marketing', packed)] : []),
        ...(packedTrade ? [is('parallel', packedTrade)] : []),
      ],
    };
    expect(lifecycleOf(current, given, today)).toBe(result);
  });

  it.each(['orphan', 'manufacturing', 'other'] as const)(
    'does not depend on an authorization of kind %s',
    (kind) => {
      const valid = is(kind, 'AUTHORIZED');
      expect(lifecycleOf(current, { own: [valid], ofPackages: [] }, today)).toBe('UNKNOWN');
      expect(lifecycleOf(current, { own: [valid, is('marketing', 'ENDED')], ofPackages: [] }, today)).toBe(
        'ENDED',
      );
      expect(lifecycleOf(current, { own: [valid], ofPackages: [is('marketing', 'ENDED')] }, today)).toBe(
        'ENDED',
      );
    },
  );

  it.each([
    ['ENDED', 'AUTHORIZED', 'UNKNOWN'],
    ['ENDED', 'ENDED', 'ENDED'],
    ['SUSPENDED', 'AUTHORIZED', 'UNKNOWN'],
    ['SUSPENDED', 'ENDED', 'SUSPENDED'],
    ['AUTHORIZED', 'SUSPENDED', 'AUTHORIZED'],
  ] as const)(
    'is $2, from a marketing authorization that is %s and one of unknown kind that is %s',
    (known, unknown, result) => {
      const open = ofUnknownKind(unknown);
      expect(lifecycleOf(current, { own: [is('marketing', known), open], ofPackages: [] }, today)).toBe(
        result,
      );
      expect(lifecycleOf(current, { own: [open], ofPackages: [is('marketing', known)] }, today)).toBe(result);
      // Authorizations of packages do not count if the product has its own.
      expect(lifecycleOf(current, { own: [is('marketing', known)], ofPackages: [open] }, today)).toBe(known);
    },
  );

  it('is UNKNOWN if its only authorization is of unknown kind', () => {
    expect(lifecycleOf(current, { own: [ofUnknownKind('AUTHORIZED')], ofPackages: [] }, today)).toBe(
      'UNKNOWN',
    );
  });
});
