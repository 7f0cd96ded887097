/** README and docs/: every name in them exists, every printed answer is right, and their code runs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { errorCodes } from '../src/errors.js';
import { notOffered, secretNames, settingNames } from '../src/config/settings.js';
import { paperOf, readPapers, type Block, type Paper } from './support/papers/paper.js';
import { compactJson, essentialOf } from './support/papers/printed.js';
import { commandsIn, curlOf } from './support/papers/shell.js';
import { isReadableFragment, loadModule, typeErrorsIn } from './support/papers/typescript.js';
import { startTestService, type TestService } from './support/service.js';
import { isQuick } from './support/tier.js';

type AllProducts = (
  url: string,
  filter: object,
) => Promise<{ readonly products: readonly object[]; readonly gaps: readonly object[] }>;

const papers = readPapers();
const [readme] = papers as readonly [Paper];
const named = (file: string): Paper => papers.find((paper) => paper.file === file) ?? paperOf(file, '');
const blocksOf = (...languages: readonly string[]): readonly (readonly [string, Block])[] =>
  papers.flatMap(({ file, blocks }) =>
    blocks
      .filter(({ language }) => languages.includes(language))
      .map((block) => [`${file}:${block.line}`, block] as const),
  );
const textsOf = (...languages: readonly string[]): readonly (readonly [string, string])[] =>
  blocksOf(...languages).map(([place, { text }]) => [place, text]);

describe('the README', () => {
  it('has at most 200 lines', () => {
    expect(readme.text.split('\n').length - 1).toBeLessThanOrEqual(200);
  });

  it('has its sections in the order from purpose to further reading', () => {
    expect([...readme.text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
      'A query and its answer',
      'Run it',
      "Over EMA's API",
      'What it promises',
      'Read on',
      'Tests',
      'What it is built on',
    ]);
  });

  it('links to every page of docs/', () => {
    const led = new Set(readme.links.map(({ target }) => target.replace(/#.*/, '')));
    const pages = papers.map(({ file }) => file).filter((file) => file.startsWith('docs/'));
    expect(pages.filter((page) => !led.has(page))).toEqual([]);
  });

  it('states the reason for each library that the program loads', () => {
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly optionalDependencies: object;
    };
    const [table = ''] = readme.text
      .slice(readme.text.indexOf('| library | why it is here |'))
      .split('\n\n', 1);
    const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
    const packages = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    const loaded = new Set([...librariesOfProgram(), ...Object.keys(optionalDependencies)]);
    expect(packages.sort()).toEqual([...loaded].sort());
  });
});

describe.each(papers.map((paper) => [paper.file, paper] as const))('%s', (file, paper) => {
  it('links only to existing files and headings', () => {
    const lost = paper.links.filter(({ target }) => {
      const [path = '', anchor] = target.split('#');
      const place = path === '' ? file : normalize(join(dirname(file), path));
      if (!existsSync(place)) return true;
      return anchor !== undefined && !paperOf(place, readFileSync(place, 'utf8')).anchors.has(anchor);
    });
    expect(lost).toEqual([]);
  });

  it('names only existing settings', () => {
    const known = new Set<string>([
      ...settingNames,
      ...secretNames.map((name) => `${name}_FILE`),
      ...Object.keys(notOffered),
      ...errorCodes,
      // A variable of the tests.
      'PMS_TEST_HAPI_URL',
    ]);
    const told = [...paper.text.matchAll(/`((?:PMS|INDEX|CACHE|REDIS|TERMS)_[A-Z_]+)\b/g)].map(
      ([, name = '']) => name,
    );
    expect(told.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('a code block in README or docs/', () => {
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

  it('is in a language that the tests can check', () => {
    const looked = new Set(['graphql', 'json', 'sh', 'ts', 'ini', 'mermaid', '']);
    expect(blocksOf('typescript', 'bash', 'js', 'yaml').map(([place]) => place)).toEqual([]);
    const others = papers.flatMap(({ file, blocks }) =>
      blocks.filter(({ language }) => !looked.has(language)).map(({ line }) => `${file}:${line}`),
    );
    expect(others).toEqual([]);
  });

  it.each(textsOf('graphql'))('at %s is GraphQL that is valid in the schema', (_place, text) => {
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  });

  it.each(textsOf('json'))('at %s is valid JSON', (_place, text) => {
    expect(typeof JSON.parse(text)).toBe('object');
  });

  it.each(textsOf('ini'))('at %s has only existing settings', (_place, text) => {
    const names = [...text.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !(settingNames as readonly string[]).includes(name))).toEqual([]);
  });

  it('with a TypeScript fragment can be parsed', () => {
    const fragments = blocksOf('ts').filter(([, { note }]) => note === 'fragment');
    expect(fragments.length).toBeGreaterThan(0);
    expect(fragments.filter(([, { text }]) => !isReadableFragment(text)).map(([place]) => place)).toEqual([]);
  });

  // The compiler reads the types of Apollo Client.
  it.skipIf(isQuick)('with a TypeScript program compiles', () => {
    const modules = blocksOf('ts').filter(([, { note }]) => note === '');
    expect(modules.length).toBeGreaterThan(2);
    expect(typeErrorsIn(new Map(modules.map(([place, { text }]) => [place, text])))).toEqual([]);
  });

  it.each(textsOf('sh'))('at %s uses only existing commands and options', (_place, text) => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: object };
    const cli = readFileSync('src/cli.ts', 'utf8');
    const commands = new Set([...cli.matchAll(/\.command\('(\w+)'/g)].map(([, name]) => name));
    const switches = new Set([...cli.matchAll(/'(--[\w-]+)/g)].map(([, name]) => name));
    const faults = commandsIn(text).flatMap(([program = '', ...words]) => {
      if (program === 'curl') return curlOf(words).url === '' ? ['curl without an address'] : [];
      if (program === 'npm') {
        const script = words[0] === 'run' ? (words[1] ?? '') : (words[0] ?? '');
        return script === 'ci' || script in scripts ? [] : [`npm ${script}`];
      }
      if (program === 'npx' && words[0] === 'vitest')
        return words.filter((word) => word.endsWith('.ts') && !existsSync(word));
      if (program !== 'npx' || words[0] !== 'pms-graphql') return [program];
      const [command = '', ...rest] = words.slice(1);
      return [
        ...(commands.has(command) ? [] : [command]),
        ...rest.filter((word) => word.startsWith('--') && !switches.has(word)),
      ];
    });
    expect(faults).toEqual([]);
  });
});

describe('README and docs/, compared with a service over the sample data,', () => {
  let service: TestService;
  beforeAll(async () => {
    // The profile that `npm start` uses.
    service = await startTestService({ profile: 'auto' });
  });
  afterAll(() => service.stop());

  const printedAnswer = /(```graphql\n((?:(?!```).)+)```\n\n```json\n)(.*?)(?=```)/gs;
  const printing = papers.filter(({ text }) => text.match(printedAnswer));

  it('have the answer of the service below four of their queries', () => {
    expect(printing.flatMap(({ text }) => [...text.matchAll(printedAnswer)])).toHaveLength(4);
  });

  it.each(printing.map((paper) => [paper.file, paper] as const))(
    'have in %s the answers of the service below its queries (`npx vitest run test/papers.test.ts --update` writes them)',
    async (file, { text }) => {
      const answers = new Map<string, string>();
      for (const [, , query = ''] of text.matchAll(printedAnswer))
        answers.set(query, compactJson(essentialOf(await service.query(query))));
      const printed = text.replaceAll(
        printedAnswer,
        (_, before: string, query: string) => `${before}${answers.get(query) ?? ''}\n`,
      );
      await expect(printed).toMatchFileSnapshot(`../${file}`);
    },
  );

  it('have curl commands that succeed', async () => {
    const calls = textsOf('sh').flatMap(([place, text]) =>
      commandsIn(text)
        .filter(([program]) => program === 'curl')
        .map(([, ...words]) => [place, curlOf(words)] as const),
    );
    expect(calls.length).toBeGreaterThan(1);
    for (const [place, { headers, body = '' }] of calls) {
      expect([place, headers]).toEqual([place, ['content-type: application/json']]);
      const { query, variables } = JSON.parse(body) as {
        readonly query: string;
        readonly variables?: Readonly<Record<string, unknown>>;
      };
      const { data, errors } = await service.query(query, variables);
      expect([place, errors, data]).toEqual([
        place,
        undefined,
        { product: expect.objectContaining({ name: expect.any(String) as string }) as object },
      ]);
    }
  });

  it('have a paging loop that reads a list to its end, even if a page fails once', async () => {
    const loop = named('docs/queries.md').blocks.find(({ text }) => text.includes('function allProducts'));
    const { allProducts } = (await loadModule(loop?.text ?? '')) as { readonly allProducts: AllProducts };
    const { data } = await service.query('{ products(first: 1) { totalCount } }');
    const { totalCount } = (data as { readonly products: { readonly totalCount: number } }).products;
    expect(totalCount).toBeGreaterThan(50);
    const whole = await allProducts(`${service.origin}/graphql`, {});
    expect([whole.products.length, whole.gaps]).toEqual([totalCount, []]);

    const other = await startTestService({ profile: 'everything', sandbox: { maxPageSize: 20 } });
    onTestFinished(() => other.stop());
    const failing = { kind: 'status', status: 500, match: '_page=', times: 1 } as const;
    other.sandbox.setFaults([failing]);
    const { extensions } = await other.query('{ products(first: 50) { pageInfo { complete } } }');
    expect(extensions['upstream']).toMatchObject({
      incomplete: [{ path: ['products'], reason: 'PAGE_FAILED' }],
    });
    other.sandbox.setFaults([failing]);
    const patient = await allProducts(`${other.origin}/graphql`, {});
    expect([patient.products, patient.gaps]).toEqual([whole.products, []]);
  });

  it('have a suggestion whose filter is a valid product filter', async () => {
    const lines = named('docs/clients.md').blocks.find(({ text }) => text.includes('function filterOf'));
    const { filterOf } = (await loadModule(lines?.text ?? '')) as {
      readonly filterOf: (suggestion: object) => object;
    };
    expect(filterOf({ filter: { __typename: 'SuggestedFilter', name: 'a', atc: null } })).toEqual({
      name: 'a',
    });
  });

  it.skipIf(isQuick)('have in docs/finding.md filters that each find a product', async () => {
    const filters = [...named('docs/finding.md').text.matchAll(/\| `(\{.+\})` \|$/gm)].map(
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
});

it('the glossary in docs/queries.md explains only names of the schema', () => {
  const schema = readFileSync('schema/schema.graphql', 'utf8');
  const [, glossary = ''] = named('docs/queries.md').text.split('\n## Glossary\n');
  const explained = [...glossary.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, names = '']) =>
    names.split(', ').map((name) => name.replaceAll('`', '').replace(/.*\./, '')),
  );
  expect(explained.length).toBeGreaterThan(15);
  const isInSchema = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(schema);
  expect(explained.filter((name) => !isInSchema(name))).toEqual([]);
});

it('docs/operations.md names exactly the existing metrics', () => {
  const source = readFileSync('src/metrics.ts', 'utf8');
  const watched = [...source.matchAll(/^ {2}([a-z_]+):\s+'/gm)].map(([, name]) => name);
  const counted = [...source.matchAll(/(?:counter|histogram)\(\s*'([a-z_]+)'/g)].map(([, name]) => name);
  const [, section = ''] = named('docs/operations.md').text.split('\n## Metrics\n');
  const [table = ''] = section.split('\n## ', 1);
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const told = cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)/g)].map(([, name]) => name));
  expect(told.sort()).toEqual([...watched, ...counted, 'info'].sort());
});

it('CONTRIBUTING.md names exactly the existing proofs', () => {
  const [, after = ''] = readFileSync('test/prove/prove.ts', 'utf8').split('\nconst proofs');
  const [list = ''] = after.split('\n};', 1);
  const there = [...list.matchAll(/^ {2}'?([a-z0-9-]+)'?[:,]/gm)].map(([, name]) => name);
  const [, section = ''] = named('CONTRIBUTING.md').text.split('\n### Proofs\n');
  const [table = ''] = section.split('\nEach prints', 1);
  const told = [...table.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(there.sort());
});

/** Returns the packages that the program imports at run time. The page of GraphiQL has its own packages. */
function librariesOfProgram(): ReadonlySet<string> {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('graphiql'),
  );
  const imported = sources.flatMap((file) =>
    [
      ...readFileSync(join('src', file), 'utf8').matchAll(
        /^(?:import (?!type)[^;]*?|.*\b(?:import|require)\(|.*\bcreateRequire\(.*\)\()'(?!node:)((?:@[\w-]+\/)?[a-z][\w-]*)[/']/gm,
      ),
    ].map(([, name = '']) => name),
  );
  return new Set(imported);
}
