/** The generated pages in docs/ are up to date with the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { errorCodes, errorMeanings, type ErrorMeaning } from '../src/errors.js';
import { documentLimits } from './support/errors-limits.js';
import { errorsPage } from './support/errors-page.js';
import { filtersPage } from './support/filters-page.js';
import { settingsPage } from './support/settings-page.js';

it('docs/queries.md explains every reason for an entry in `incomplete`', () => {
  const source = readFileSync('src/catalogue/graph/relation.ts', 'utf8');
  const [, declared = ''] = /export type CutReason =([^;]+);/.exec(source) ?? [];
  const reasons = [...declared.matchAll(/\| '(\w+)'/g)].map(([, reason]) => reason);
  expect(reasons.length).toBeGreaterThan(10);
  const [, section = ''] = readFileSync('docs/queries.md', 'utf8').split('\n### Every reason\n');
  const [table = ''] = section.split('\n## ', 1);
  const explained = [...table.matchAll(/^\| `([A-Z_]+)` \|/gm)];
  expect(explained.map(([, reason]) => reason).sort()).toEqual([...reasons, 'DANGLING_REFERENCE'].sort());
});

it('docs/filters.md equals the page made from the table of facts (`npx vitest run test/docs.test.ts --update` writes it)', async () => {
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
  await expect(filtersPage(schema)).toMatchFileSnapshot('../docs/filters.md');
});

it('docs/settings.md equals the page made from the table of settings', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../docs/settings.md');
});

it('docs/errors.md equals the page made from the table of error codes', async () => {
  await expect(errorsPage(documentLimits())).toMatchFileSnapshot('../docs/errors.md');
});

it('the source uses every error code of the table except the reserved ones', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
    .map((file) => readFileSync(join('src', file), 'utf8'));
  // Apollo Server uses these codes.
  const given = new Set<string>(['GRAPHQL_PARSE_FAILED', 'PERSISTED_QUERY_NOT_FOUND']);
  const silent = errorCodes.filter(
    (code) => !given.has(code) && !sources.some((text) => text.includes(`'${code}'`)),
  );
  const isToCome = (code: keyof typeof errorMeanings): boolean =>
    (errorMeanings[code] as ErrorMeaning).isToCome === true;
  expect(silent).toEqual(errorCodes.filter(isToCome));
});
