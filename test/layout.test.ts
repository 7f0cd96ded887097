/**
 * Rules that the compiler does not check: which module may import which, no circular imports, and a maximum length of
 * functions.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

interface Import {
  readonly from: string;
  /** A file of `src`, or the name of a package. */
  readonly to: string;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replaceAll('\\', '/'));

const imports: readonly Import[] = files.flatMap((from) =>
  [
    ...readFileSync(join('src', from), 'utf8').matchAll(
      /^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm,
    ),
  ].map(([, named, bare]) => {
    const target = named ?? bare ?? '';
    const to = target.startsWith('.')
      ? relative('.', normalize(join(dirname(from), target))).replace(/\.js$/, '.ts')
      : target;
    return { from, to };
  }),
);

const inside = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
const told = (found: readonly Import[]): readonly string[] =>
  found.map(({ from, to }) => `${from} imports ${to}`);

function circlesOf(edges: readonly Import[]): readonly string[] {
  const next = new Map<string, readonly string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (place: string, path: readonly string[]): void => {
    if (path.includes(place)) {
      circles.push([...path.slice(path.indexOf(place)), place].join(' → '));
      return;
    }
    if (done.has(place)) return;
    for (const to of next.get(place) ?? []) visit(to, [...path, place]);
    done.add(place);
  };
  for (const place of next.keys()) visit(place, []);
  return circles;
}

/** The maximum number of lines of a function: a longer one should be split. */
const longest = 120;

interface Measured {
  readonly name: string;
  readonly lines: number;
}

/** Returns each function of a file, including nested ones, with its place. */
function functionsOf(file: string): readonly Measured[] {
  const text = readFileSync(join('src', file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const found: Measured[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
      const [first, last] = [lineOf(node.getStart(source)), lineOf(node.end)];
      const name = `${named?.getText(source) ?? 'a function'} in ${file}:${first}`;
      found.push({ name, lines: last - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * Files whose objects with getters are made once for the process. V8 gives each literal with a getter its own hidden class,
 * and keeps everything that the getter refers to until the next full garbage collection. Objects that are made for each
 * operation therefore have no getter, or are instances of a class.
 */
const madeOnce: ReadonlySet<string> = new Set([
  'catalogue/plan/capabilities.ts',
  'catalogue/upstream/figures.ts',
  'catalogue/upstream/page-sizes.ts',
  'fhir/client.ts',
  'fhir/in-background.ts',
  'fhir/json-types.ts',
  'fhir/search-limits.ts',
  'graphql/engine/documents.ts',
  'search-index/lines.ts',
  'search-index/search-index.ts',
]);

/** Returns the places where an object literal has a getter. */
function gettersOf(file: string): readonly string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join('src', file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isGetAccessor(node) && ts.isObjectLiteralExpression(node.parent))
      found.push(`${node.name.getText(source)} in ${file}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * The folders of the catalogue, each of which may import the earlier ones. `catalogue.ts` stands for the files outside of
 * folders.
 */
const catalogueRooms = [
  'graph',
  'question',
  'upstream',
  'known',
  'search',
  'lookup',
  'profiles',
  'plan',
  'memory',
  'waves',
  'catalogue.ts',
  'learning',
];

describe('the layout of the source files', () => {
  it('has no getter in an object literal that is made for each operation', () => {
    const rooms = ['catalogue', 'fhir', 'graphql/engine', 'search-index', 'cache'];
    const perOperation = files.filter((file) => rooms.some((room) => inside(room)(file)));
    const getters = perOperation.filter((file) => !madeOnce.has(file)).flatMap(gettersOf);
    expect([...madeOnce].filter((file) => gettersOf(file).length === 0)).toEqual([]);
    expect(getters).toEqual([]);
  });

  it('has source files and imports between them, so that the other tests compare something', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.filter(({ to }) => to.endsWith('.ts')).length).toBeGreaterThan(150);
  });

  it('has no imports between fhir/ and oauth/', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        (inside('fhir')(from) && inside('oauth')(to)) || (inside('oauth')(from) && inside('fhir')(to)),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('has imports of the package graphql only in graphql/, http/ and the files above', () => {
    const below = [
      'catalogue',
      'facts',
      'fhir',
      'oauth',
      'terms',
      'governor',
      'search-index',
      'store',
      'cache',
    ];
    const crossing = imports.filter(
      ({ from, to }) =>
        below.some((folder) => inside(folder)(from)) &&
        (/^(graphql|type-graphql|@apollo)/.test(to) || inside('graphql')(to)),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('has no import in facts/ except of fhir/ and terms/', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        inside('facts')(from) &&
        to.endsWith('.ts') &&
        !['facts', 'fhir', 'terms'].some((folder) => inside(folder)(to)) &&
        to !== 'errors.ts',
    );
    expect(told(crossing)).toEqual([]);
    expect(files.filter(inside('facts')).length).toBeGreaterThan(0);
  });

  it('has no import of catalogue/ in search-index/', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        inside('search-index')(from) &&
        to.endsWith('.ts') &&
        !['search-index', 'facts', 'fhir', 'terms'].some((folder) => inside(folder)(to)) &&
        to !== 'errors.ts',
    );
    expect(told(crossing)).toEqual([]);
    expect(files.filter(inside('search-index')).length).toBeGreaterThan(0);
  });

  it('has no import of graphql/engine/ in graphql/schema/', () => {
    const crossing = imports.filter(
      ({ from, to }) => inside('graphql/schema')(from) && inside('graphql/engine')(to),
    );
    expect(told(crossing)).toEqual([]);
    expect(files.filter(inside('graphql/engine')).length).toBeGreaterThan(10);
  });

  it('has no import of fhir/ or of stored contents in store/', () => {
    const crossing = imports.filter(
      ({ from, to }) => inside('store')(from) && (inside('fhir')(to) || inside('cache')(to)),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('has imports of sandbox/ in the command line only', () => {
    const crossing = imports.filter(
      ({ from, to }) => inside('sandbox')(to) && !inside('sandbox')(from) && from !== 'cli.ts',
    );
    expect(told(crossing)).toEqual([]);
  });

  it('has no code that both the sandbox and the service use', () => {
    const crossing = imports.filter(
      ({ from, to }) => inside('sandbox')(from) && to.endsWith('.ts') && !inside('sandbox')(to),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('has no import of loaders or of the upstream client in graphql/schema/types/', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        inside('graphql/schema/types')(from) &&
        (to === 'fhir/client.ts' || inside('catalogue/waves')(to) || inside('catalogue/profiles')(to)),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('has folders in catalogue/ that import only folders earlier in their list', () => {
    const roomOf = (path: string): string => /^catalogue\/([^/]+)\//.exec(path)?.[1] ?? 'catalogue.ts';
    const placeOf = (path: string): number => catalogueRooms.indexOf(roomOf(path));
    const within = imports.filter(({ from, to }) => inside('catalogue')(from) && inside('catalogue')(to));
    const rooms = new Set(files.filter(inside('catalogue')).map(roomOf));
    expect([...rooms].sort()).toEqual([...catalogueRooms].sort());
    expect(within.length).toBeGreaterThan(150);
    expect(told(within.filter(({ from, to }) => placeOf(to) > placeOf(from)))).toEqual([]);
  });

  it('has no circular imports between files', () => {
    expect(circlesOf(imports)).toEqual([]);
  });

  it('has no circular imports between folders', () => {
    const isWithin = (a: string, b: string): boolean => b === '.' || `${a}/`.startsWith(`${b}/`);
    const betweenFolders = imports
      .filter(({ to }) => /\.tsx?$/.test(to))
      .map(({ from, to }) => ({ from: dirname(from), to: dirname(to) }))
      // A folder and its subfolders count as one.
      .filter(({ from, to }) => !isWithin(from, to) && !isWithin(to, from));
    expect(betweenFolders.length).toBeGreaterThan(100);
    expect(circlesOf(betweenFolders)).toEqual([]);
  });

  it('has every file that bench/ imports', () => {
    const benchmarks = readdirSync('bench')
      .filter((file) => file.endsWith('.mjs'))
      .flatMap((file) =>
        [...readFileSync(join('bench', file), 'utf8').matchAll(/'\.\.\/dist\/([^']+)\.js'/g)].map(
          ([, path = '']) => `src/${path}.ts`,
        ),
      )
      .filter((path) => path !== 'src/pms-graphql.ts');
    expect(benchmarks.length).toBeGreaterThan(10);
    expect(benchmarks.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('has no function longer than 120 lines', () => {
    const functions = files.flatMap(functionsOf);
    expect(functions.length).toBeGreaterThan(3_000);
    const tooLong = functions.filter(({ lines }) => lines > longest);
    expect(tooLong.map(({ name, lines }) => `${name} has ${lines} lines`)).toEqual([]);
  });

  it('has no files outside of folders except the listed ones', () => {
    const loose = files.filter((file) => !file.includes('/'));
    const named = new Set([
      'cli.ts',
      'index.ts',
      'service.ts',
      'errors.ts',
      'log.ts',
      'metrics.ts',
      // A part of `service.ts`, which would be too long with it.
      'kept-index.ts',
    ]);
    expect(loose.filter((file) => !named.has(file))).toEqual([]);
  });
});
