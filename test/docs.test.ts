/** The pages in docs/ name what there is, and lead to what is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { errorCodes, errorMeanings, type ErrorMeaning } from '../src/errors.js';
import { documentLimits } from './support/errors-limits.js';
import { errorsPage } from './support/errors-page.js';
import { filtersPage } from './support/filters-page.js';
import { settingsPage } from './support/settings-page.js';

const pages = readdirSync('docs').map((name) => join('docs', name));

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('leads to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => join(dirname(page), link));
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });
});

it('docs/clients.md explains every reason for a gap', () => {
  const source = readFileSync('src/catalogue/graph/relation.ts', 'utf8');
  const [, declared = ''] = /export type CutReason =([^;]+);/.exec(source) ?? [];
  const reasons = [...declared.matchAll(/\| '(\w+)'/g)].map(([, reason]) => reason);
  expect(reasons.length).toBeGreaterThan(10);
  const explained = [...readFileSync('docs/clients.md', 'utf8').matchAll(/^\| `([A-Z_]+)` \|/gm)];
  expect(explained.map(([, reason]) => reason).sort()).toEqual([...reasons, 'DANGLING_REFERENCE'].sort());
});

it('docs/filters.md is printed from the table of facts (`npx vitest run test/docs.test.ts --update` prints it anew)', async () => {
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
  await expect(filtersPage(schema)).toMatchFileSnapshot('../docs/filters.md');
});

it('docs/settings.md is printed from the table of settings', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../docs/settings.md');
});

it('docs/errors.md is printed from the table of codes', async () => {
  await expect(errorsPage(documentLimits())).toMatchFileSnapshot('../docs/errors.md');
});

it('the codes that are to come are given by nothing, and all others by something', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
    .map((file) => readFileSync(join('src', file), 'utf8'));
  // The server library gives these.
  const given = new Set<string>(['GRAPHQL_PARSE_FAILED', 'PERSISTED_QUERY_NOT_FOUND']);
  const silent = errorCodes.filter(
    (code) => !given.has(code) && !sources.some((text) => text.includes(`'${code}'`)),
  );
  const isToCome = (code: keyof typeof errorMeanings): boolean =>
    (errorMeanings[code] as ErrorMeaning).isToCome === true;
  expect(silent).toEqual(errorCodes.filter(isToCome));
});
