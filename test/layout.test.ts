/** The house rules that a compiler does not see: who may import whom, and that no imports go in a circle. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Import {
  readonly from: string;
  /** A file of `src`, or a package's name. */
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

describe('the layout', () => {
  it('is read: there are files, and imports between them', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.filter(({ to }) => to.endsWith('.ts')).length).toBeGreaterThan(150);
  });

  it('keeps fhir and oauth apart', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        (inside('fhir')(from) && inside('oauth')(to)) || (inside('oauth')(from) && inside('fhir')(to)),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('keeps GraphQL out of everything below graphql/', () => {
    const below = ['catalogue', 'fhir', 'oauth', 'loaders', 'terms', 'governor', 'store'];
    const crossing = imports.filter(
      ({ from, to }) =>
        below.some((folder) => inside(folder)(from)) &&
        (/^(graphql|type-graphql|@apollo)/.test(to) || inside('graphql')(to)),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('lets the command line alone import the sandbox', () => {
    const crossing = imports.filter(
      ({ from, to }) => inside('sandbox')(to) && !inside('sandbox')(from) && from !== 'cli.ts',
    );
    expect(told(crossing)).toEqual([]);
  });

  it('lets the sandbox share no code with what is tested against it', () => {
    const crossing = imports.filter(
      ({ from, to }) => inside('sandbox')(from) && to.endsWith('.ts') && !inside('sandbox')(to),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('keeps the pure views free of loaders and of the upstream client', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        inside('graphql/types')(from) &&
        (inside('loaders')(to) || to === 'fhir/client.ts' || inside('catalogue/routes')(to)),
    );
    expect(told(crossing)).toEqual([]);
  });

  it('has no circle of imports', () => {
    const next = new Map(
      files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) if (next.has(to)) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('has only the loose files that are named', () => {
    const loose = files.filter((file) => !file.includes('/'));
    const named = new Set([
      'cli.ts',
      'index.ts',
      'config.ts',
      'service.ts',
      'errors.ts',
      'log.ts',
      'metrics.ts',
    ]);
    expect(loose.filter((file) => !named.has(file))).toEqual([]);
  });
});
