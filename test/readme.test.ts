/** The README's queries: the sample world's answers are printed below them, as they are. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../src/errors.js';
import { startTestService, type Fields, type GraphqlAnswer, type TestService } from './support/service.js';
import { isQuick } from './support/tier.js';

const readme = readFileSync('README.md', 'utf8');
const printedAnswer = /(```graphql\n(.+?)```\n\n```json\n)(.*?)(?=```)/gs;

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
  .map((file) => readFileSync(`src/${file}`, 'utf8'));
const sections = [
  'A query and its answer',
  'Run it in a minute',
  'Find products',
  'The path of a request',
  'Settings',
  'Errors',
  'Glossary',
  'Add a field',
  'Add a filter',
  'Add a linked resource',
  'Tests',
];

describe('the README', () => {
  let service: TestService;
  beforeAll(async () => {
    // As `npm start` has it.
    service = await startTestService({ profile: 'auto' });
  });
  afterAll(() => service.stop());

  it('says of each package that is shipped why it is here', () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync('package.json', 'utf8'),
    ) as Readonly<Record<'dependencies' | 'optionalDependencies', object>>;
    const [table = ''] = readme.slice(readme.indexOf('| dependency | why it is here |')).split('\n\n', 1);
    const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
    const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual(Object.keys({ ...dependencies, ...optionalDependencies }).sort());
  });

  it('prints the answers that its queries have (`npx vitest run test/readme.test.ts -u` prints them anew)', async () => {
    const answers = new Map<string, string>();
    for (const [, , query = ''] of readme.matchAll(printedAnswer)) {
      answers.set(query, compactJson(essentialOf(await service.query(query))));
    }
    expect(answers.size).toBe(4);
    const printed = readme.replaceAll(
      printedAnswer,
      (_, before: string, query: string) => `${before}${answers.get(query) ?? ''}\n`,
    );
    await expect(printed).toMatchFileSnapshot('../README.md');
  });

  it.skipIf(isQuick)('has filters that find something', async () => {
    const filters = [...sectionOf('Find products').matchAll(/\| `(\{.+\})` \|$/gm)].map(
      ([, filter = '']) => filter,
    );
    expect(filters.length).toBeGreaterThan(10);
    for (const filter of filters) {
      const { data, errors } = await service.query(
        `{ products(filter: ${filter}, first: 1) { nodes { id } } }`,
      );
      expect([filter, errors, data]).toEqual([
        filter,
        undefined,
        { products: { nodes: [{ id: expect.any(String) as string }] } },
      ]);
    }
  });

  it('leads from what it is for to how to change it', () => {
    expect([...readme.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(sections);
  });

  it('has every setting in its table', () => {
    const settings = readFileSync('src/config.ts', 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+)(?=:| =)/gm);
    const names = [...settings].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !sectionOf('Settings').includes(`\`${name}\``))).toEqual([]);
  });

  it('has every error code that is told in its table', () => {
    const codes = errorCodes.filter((code) => sources.some((text) => text.includes(`'${code}'`)));
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !sectionOf('Errors').includes(`\`${code}\``))).toEqual([]);
  });

  it('explains names that the schema has', () => {
    const schema = readFileSync('schema/schema.graphql', 'utf8');
    const explained = [...sectionOf('Glossary').matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, names = '']) =>
      names.split(', ').map((name) => name.replaceAll('`', '').replace(/.*\./, '')),
    );
    expect(explained.length).toBeGreaterThan(15);
    const isInSchema = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(schema);
    expect(explained.filter((name) => !isInSchema(name))).toEqual([]);
  });
});

function sectionOf(title: string): string {
  return readme.split(/^## /m).find((section) => section.startsWith(title)) ?? '';
}

/** Without places in the query's text, and without counts that differ from run to run. */
function essentialOf({ data, errors, extensions }: GraphqlAnswer): Fields {
  const { profile, requests, estimated, incomplete } = extensions['upstream'] as Fields;
  const faults = errors?.map(({ message, path, extensions: { code } }) => ({
    message,
    path,
    extensions: { code },
  }));
  return {
    ...(faults ? { errors: faults } : {}),
    data,
    extensions: { upstream: { profile, requests, estimated, incomplete } },
  };
}

const WIDTH = 110;

/** JSON in which what fits on a line stands on one. */
function compactJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ');
  if (typeof value !== 'object' || value === null || indent.length + line.length <= WIDTH) return line;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = Object.entries(value).map(
    ([name, each]) => `${inner}${isList ? '' : `${JSON.stringify(name)}: `}${compactJson(each, inner)}`,
  );
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}
