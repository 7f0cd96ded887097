/** Finds values of a response that are missing or differ from the truth without an error or a gap. */

export interface Answer {
  readonly data: unknown;
  readonly errors?: readonly { readonly path?: Path; readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly upstream?: { readonly incomplete: readonly { readonly path: Path }[] } };
}

type Path = readonly (string | number)[];

export interface Oracle {
  /** Whether the mutated record is still valid FHIR and merely lacks data. */
  readonly isLess: boolean;
  /** Lists that must stay complete, because the mutated element does not decide which rows they have. */
  readonly whole: ReadonlySet<string>;
}

/** Returns the paths at which a response lacks data without saying so. Empty for an honest response. */
export function silences(truth: Answer, answer: Answer, oracle: Oracle): readonly string[] {
  const found: string[] = [];
  const told = [
    // An error without a path marks no value.
    ...(answer.errors ?? []).flatMap(({ path }) => (path ? [path] : [])),
    ...(answer.extensions?.upstream?.incomplete ?? []).map(({ path }) => path),
  ];
  for (const { extensions, path } of answer.errors ?? [])
    if (extensions.code === 'INTERNAL_SERVER_ERROR' || !path)
      found.push(`${extensions.code} at ${path?.join('.')}`);
  compare(truth.data, answer.data, []);
  return found;

  function isTold(path: Path): boolean {
    return told.some((each) => startsWith(each, path) || startsWith(path, each));
  }

  function compare(expected: unknown, given: unknown, path: Path): void {
    if (Array.isArray(expected)) return compareLists(expected, given, path);
    if (typeof expected === 'object' && expected !== null) {
      if (typeof given !== 'object' || given === null) return differ('is missing', path);
      for (const [name, each] of Object.entries(expected))
        compare(each, (given as Readonly<Record<string, unknown>>)[name], [...path, name]);
      return;
    }
    if (expected !== given) differ(`is ${JSON.stringify(given)}, not ${JSON.stringify(expected)}`, path);
  }

  function compareLists(expected: readonly unknown[], given: unknown, path: Path): void {
    if (!Array.isArray(given)) return differ('is no list', path);
    const rows: readonly unknown[] = given;
    const isOfRecords = expected.length > 0 && expected.every((each) => idOf(each) !== undefined);
    if (!isOfRecords && rows.length !== expected.length)
      return differ(`has ${rows.length} of ${expected.length}`, path);
    for (const [index, each] of expected.entries()) {
      const at = isOfRecords ? rows.findIndex((row) => idOf(row) === idOf(each)) : index;
      if (at < 0) differ(`lacks ${idOf(each)}`, path);
      else compare(each, rows[at], [...path, at]);
    }
  }

  function differ(how: string, path: Path): void {
    if (isTold(path)) return;
    const name = path.findLast((step) => typeof step === 'string' && step !== 'nodes');
    const isList = how.startsWith('lacks') || how.startsWith('is no list');
    if (oracle.isLess && !(isList && oracle.whole.has(String(name)))) return;
    found.push(`${path.join('.')} ${how}`);
  }
}

function idOf(row: unknown): string | undefined {
  const id = (row as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : undefined;
}

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((step, index) => path[index] === step);
}
