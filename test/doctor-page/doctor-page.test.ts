/**
 * The HTML page of `doctor`: known facts are words, unknown facts are called unknown, and inserted values never become
 * markup.
 */
import { describe, expect, it } from 'vitest';
import { documentOf } from '../../src/doctor-page/document.js';
import { html } from '../../src/doctor-page/markup.js';
import type { Picture } from '../../src/doctor-page/picture.js';

const at = new Date('2027-08-01T12:00:00Z');

const picture: Picture = {
  version: '1.2.3',
  upstream: 'fhir',
  profile: 'search',
  profiles: ['held', 'search'],
  features: [
    { name: 'search Ingredient?for', offered: true, evidence: 'DECLARED' },
    { name: 'everything', offered: false, evidence: 'refuted' },
  ],
  filters: [
    { part: 'name', support: 'UPSTREAM', reason: 'The upstream searches for it (name).' },
    { part: 'atc', support: 'INDEX', reason: 'The index finds it.' },
  ],
  index: {
    products: 1_200,
    withDetails: 900,
    upstreamTotal: 2_000,
    complete: false,
    asOf: new Date('2027-07-31T10:00:00Z'),
    gaps: ['Of 2000 products 800 are not in the index.'],
  },
  rate: { limit: 500, left: 480 },
  requestBudget: 120,
  secretExpires: new Date('2027-08-15T11:29:14Z'),
  at,
};

/** Returns the text of the page without markup. */
function textOf(given: Partial<Picture>): string {
  const [, body = ''] = documentOf({ ...picture, ...given }).split('<body>');
  return body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

describe('the page that the command `doctor` writes', () => {
  it.each([
    'pms-graphql 1.2.3 over a FHIR server. As of 2027-08-01 12:00 UTC.',
    'Profile search Offered: held, search',
    'Requests left 480 of 500 upstream requests a minute',
    'Client secret 13 days left It expires on 2027-08-15.',
    'Index 1,200 products of 2,000, not complete',
    'Products with all their records 900',
    'Last complete list 2027-07-31 10:00 UTC',
    'Gap Of 2000 products 800 are not in the index.',
    'The index applies 1 part of a product filter: atc',
    'Searches: 1 of 1 offered',
    'search Ingredient?for ✓ yes the upstream says so',
    'everything ✗ no tested: it does not work',
  ])('contains the text: %s', (words) => {
    expect(textOf({})).toContain(words);
  });

  it.each<[string, Partial<Picture>]>([
    ['Requests left no limit', { rate: { limit: null, left: null } }],
    ['Requests left unknown Of 500 upstream requests a minute.', { rate: { limit: 500, left: null } }],
    ['Client secret unknown Set PMS_SECRET_EXPIRES', { secretExpires: null }],
    ['Client secret expired On 2027-07-31.', { secretExpires: new Date('2027-07-31T00:00:00Z') }],
    ['Client secret 0 days left', { secretExpires: new Date('2027-08-01T13:00:00Z') }],
    ['Index none This service has no index (setting INDEX).', { index: 'none' }],
    ['Index unavailable The index could not be opened.', { index: 'unavailable' }],
    ['Profile unknown', { profile: null, profiles: [] }],
    ['Filters Unknown: the upstream did not respond as expected.', { filters: [] }],
    ['What the upstream can do Unknown: the upstream did not respond as expected.', { features: [] }],
    ['1 check of 2 failed.', { checks: checks() }],
    ['token ✗ WRONG AADSTS7000222', { checks: checks() }],
  ])('has, for other findings, the text "%s"', (words, given) => {
    expect(textOf(given)).toContain(words);
  });

  it('is one file that loads no other file and runs no script', () => {
    const file = documentOf({ ...picture, checks: checks() });
    expect(file).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(file).not.toMatch(/<script|<link|<img|https?:|url\(|@import|\son\w+=/);
  });

  it('has one main heading, a heading for each part, and captions and header cells in its tables', () => {
    const file = documentOf({ ...picture, checks: checks() });
    const count = (form: RegExp): number => [...file.matchAll(form)].length;
    expect([count(/<h1>/g), count(/<h2>/g)]).toEqual([1, 5]);
    expect(count(/<table>/g)).toBe(6);
    expect(count(/<table>\s*<caption>[^<]+<\/caption>/g)).toBe(count(/<table>/g));
    expect(count(/<tr>\s*<th scope="(col|row)">/g)).toBe(count(/<tr>/g));
  });
});

it('the page that the command `doctor` writes has no markup from inserted values', () => {
  expect(html`<p title="${'"\'>'}">${'<b>&'}${[html`<i>${1}</i>`, 'x']}</p>`.text).toBe(
    '<p title="&#34;&#39;&#62;">&#60;b&#62;&#38;<i>1</i>x</p>',
  );
});

function checks(): NonNullable<Picture['checks']> {
  return [
    { name: 'settings', ok: true, says: 'all settings are valid' },
    { name: 'token', ok: false, says: 'AADSTS7000222' },
  ];
}
