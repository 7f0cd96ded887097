/** Judges responses that may be incomplete: present data must equal the complete data, and missing data must be marked. */
import { mayBeMended } from './operations.js';
import {
  getNamedType,
  Kind,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { GraphqlAnswer } from './service.js';

export interface Question {
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface Judge {
  /** Returns the query with complete lists. Its response is the truth with which incomplete responses are compared. */
  widened(question: Question): Question;
  /** Returns the faults of a response, one a line. @param truth the response to the widened query */
  faultsOf(question: Question, answer: Judged, truth: Judged, options?: JudgeOptions): readonly string[];
}

export interface JudgeOptions {
  /** Whether an organization may have only the name and identifier of the reference to it. @default false */
  readonly displays?: boolean;
  /**
   * Whether the upstream's total exceeds its products without a sign of that. Then a full page may claim a next page.
   * @default false
   */
  readonly overcounts?: boolean;
}

/** The parts of a response that are judged. */
export type Judged = Pick<GraphqlAnswer, 'data' | 'errors'> & { readonly extensions?: object };

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

interface Gap {
  readonly path: Path;
  readonly reason: string;
  readonly reference?: string;
}

/** One field of the query document. */
interface Asked {
  readonly name: string;
  /** Type of the field's value, or of its rows. */
  readonly type: string;
  readonly first: number;
  readonly below: readonly SelectionSetNode[];
}

/** The path of a value in the response and in the truth. Indexes differ, because lists may lack rows. */
interface Place {
  readonly here: Path;
  readonly there: Path;
}

/** More rows than any list of the tests has. */
const allRows = 100;
const defaultFirst = 20;
const rowsOfTruth = 'judged_rows';
/** Fields that are not compared: they depend on pages, on the route to the upstream, or on the time. */
const passedOver: ReadonlySet<string> = new Set([
  'cursor',
  'startCursor',
  'endCursor',
  'url',
  'fetchedAt',
  'profile',
  'capabilities',
]);
/** Error codes that a field without a value may have. */
const admissible: ReadonlySet<string> = new Set([
  'UPSTREAM_UNSUPPORTED',
  'UPSTREAM_INCOMPLETE',
  'UPSTREAM_BUDGET_EXCEEDED',
  'DANGLING_REFERENCE',
]);

export function createJudge(schema: GraphQLSchema): Judge {
  return {
    widened: (question) => widenedOver(schema, question),
    faultsOf: (question, answer, truth, options = {}) =>
      judge(readerOf(schema, question), answer, truth, options),
  };
}

function widenedOver(schema: GraphQLSchema, { document, variables = {} }: Question): Question {
  const types = new TypeInfo(schema);
  const widened = visit(
    parse(document),
    visitWithTypeInfo(types, {
      Field(node) {
        const type = types.getType();
        return type && getNamedType(type).name.endsWith('Connection') ? withAllRows(node) : undefined;
      },
    }),
  );
  const used = new Set<string>();
  visit(widened, { VariableDefinition: () => false, Variable: (node) => void used.add(node.name.value) });
  const pruned = visit(widened, {
    VariableDefinition: (node) => (used.has(node.variable.name.value) ? false : null),
  });
  return {
    document: print(pruned),
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))),
  };
}

function withAllRows(node: FieldNode): FieldNode {
  const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
  const first = { kind: Kind.INT, value: String(allRows) } as const;
  const rows: FieldNode = {
    kind: Kind.FIELD,
    alias: name(rowsOfTruth),
    name: name('nodes'),
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [{ kind: Kind.FIELD, name: name('__typename') }],
    },
  };
  return {
    ...node,
    arguments: [
      ...(node.arguments ?? []).filter((argument) => argument.name.value !== 'first'),
      { kind: Kind.ARGUMENT, name: name('first'), value: first },
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [...(node.selectionSet?.selections ?? []), rows],
    },
  };
}

function judge(
  { operation, fieldsIn }: Reader,
  answer: Judged,
  truth: Judged,
  { displays = false, overcounts = false }: JudgeOptions,
): readonly string[] {
  const errors = (answer.errors ?? []).filter((error) => !isOddDate(error));
  const failed = new Map(errors.map(({ path = [], extensions }) => [nameOf(path), extensions.code]));
  const failedInTruth = new Set(
    (truth.errors ?? []).filter((error) => !isOddDate(error)).map(({ path = [] }) => nameOf(path)),
  );
  const gaps = gapsOf(answer);
  const cuts = new Map(
    gaps.filter((gap) => gap.reference === undefined).map(({ path, reason }) => [nameOf(path), reason]),
  );
  /** Paths at which unreadable records are replaced by the names in references to them. */
  const replaced = gaps.filter(isReplaced).map(({ path }) => nameOf(path));
  const dangling = danglingAt(gaps);
  const danglingInTruth = danglingAt(gapsOf(truth));
  /** Paths of the connections found in the response. */
  const connections = new Set<string>();

  function compare(value: unknown, whole: unknown, at: Place, asked: Asked): readonly string[] {
    if (value === null) return compareNull(whole, at);
    if (Array.isArray(value) && Array.isArray(whole)) return compareRows(value, whole, at, asked);
    if (!isFields(value) || !isFields(whole))
      return Object.is(value, whole)
        ? []
        : [`${nameOf(at.here)} is ${told(value)} instead of ${told(whole)}`];
    const fields = fieldsIn(asked.below);
    const mayBeDisplay = displays || replaced.some((path) => isWithin(nameOf(at.here), path));
    if (mayBeDisplay && asked.type === 'Organization' && isDisplay(value, whole, fields)) return [];
    if (!(rowsOfTruth in whole)) return compareFields(value, whole, at, fields);
    return compareConnection(value, whole, at, asked, fields);
  }

  function compareFields(value: Fields, whole: Fields, at: Place, fields: AskedByKey): readonly string[] {
    const keys = new Set([...Object.keys(value), ...Object.keys(whole)]);
    return [...keys].flatMap((key) => {
      const asked = fields.get(key);
      if (!asked) return [`${nameOf(at.here)} has ${key}, which was not asked for`];
      return passedOver.has(asked.name) ? [] : compare(value[key], whole[key], into(at, key), asked);
    });
  }

  /** Whether an organization has only a name, and identifiers that its record has too. */
  function isDisplay(value: Fields, whole: Fields, fields: AskedByKey): boolean {
    return [...fields].every(([key, asked]) => {
      const [told, truth] = [value[key], whole[key]];
      // The response may lack the field because of @skip.
      if (asked.name === 'id') return told === undefined || String(told).startsWith('Organization:~');
      if (asked.name === 'source' || asked.name === 'country') return told === null || told === undefined;
      if (asked.name === 'types') return told === undefined || (Array.isArray(told) && told.length === 0);
      if (asked.name !== 'identifiers' || !Array.isArray(told) || !Array.isArray(truth))
        return Object.is(told, truth);
      return told.every((one) => truth.some((other) => JSON.stringify(one) === JSON.stringify(other)));
    });
  }

  /** Null is right if the truth is null, or if an error says that the value is unknown. */
  function compareNull(whole: unknown, { here, there }: Place): readonly string[] {
    const at = nameOf(here);
    const codes = [...failed].flatMap(([path, code]) => (isWithin(path, at) ? [code] : []));
    const inTruth = [...failedInTruth].some((path) => isWithin(path, nameOf(there)));
    if (whole === null)
      return inTruth && codes.length === 0 ? [`${at} is null, and nobody says that it dangles`] : [];
    if (codes.length === 0) return [`${at} is null, unmarked`];
    return codes.includes('DANGLING_REFERENCE') ? [`${at} is said to dangle, and exists`] : [];
  }

  /** A plain list must be complete or null. */
  function compareRows(
    rows: readonly unknown[],
    whole: readonly unknown[],
    at: Place,
    asked: Asked,
  ): readonly string[] {
    return [
      ...compareLength(rows.length, whole.length, at),
      ...compareDangling(at),
      ...rows.flatMap((row, index) => compare(row, whole[index] ?? null, into(at, index), asked)),
    ];
  }

  function compareConnection(
    value: Fields,
    whole: Fields,
    at: Place,
    { first }: Asked,
    fields: AskedByKey,
  ): readonly string[] {
    connections.add(nameOf(at.here));
    const cut = cuts.get(nameOf(at.here));
    const isCut = cut !== undefined;
    // An empty list at the root has no cursor to continue from. A list cut for a lasting reason has no next page.
    const goesOn = cut !== undefined && mayBeMended(cut) && at.here.length > 1 ? true : undefined;
    const all = whole[rowsOfTruth] as readonly unknown[];
    const mayGoOn = overcounts && at.here.length === 1 && all.length === first;
    return [
      ...(isCut ? [] : compareDangling(at)),
      ...[...fields].flatMap(([key, asked]) => {
        if (!(key in value) && !(key in whole)) return [];
        const [part, truth, place] = [value[key], whole[key], into(at, key)];
        if (asked.name === 'totalCount')
          return isCut && part === null ? [] : compareTotal(part, truth, place);
        if (asked.name === 'pageInfo')
          return comparePageInfo(part, place, fieldsIn(asked.below), {
            hasNextPage: isCut ? goesOn : mayGoOn ? undefined : all.length > first,
            hasPreviousPage: false,
            complete: !isCut,
          });
        if (!Array.isArray(part) || !Array.isArray(truth)) return compare(part, truth, place, asked);
        if (isCut) return comparePart(part, truth, first, place, asked);
        const page = truth.slice(0, first);
        return [
          ...compareLength(part.length, page.length, place),
          ...part.flatMap((row, index) => compare(row, page[index] ?? null, into(place, index), asked)),
        ];
      }),
    ];
  }

  /** The total of a list at the root is not compared, because the upstream may estimate it. */
  function compareTotal(total: unknown, whole: unknown, { here }: Place): readonly string[] {
    return here.length <= 2 || total === whole
      ? []
      : [`${nameOf(here)} is ${told(total)} instead of ${told(whole)}`];
  }

  function comparePageInfo(
    info: unknown,
    at: Place,
    fields: AskedByKey,
    expected: Fields,
  ): readonly string[] {
    return [...fields].flatMap(([key, { name }]) => {
      const flag = (info as Fields)[key];
      if (
        !(key in (info as Fields)) ||
        passedOver.has(name) ||
        name === '__typename' ||
        expected[name] === undefined ||
        flag === expected[name]
      )
        return [];
      return [`${nameOf(into(at, key).here)} is ${told(flag)} instead of ${told(expected[name])}`];
    });
  }

  /** The rows of an incomplete list must be rows of the complete list, in the same order. */
  function comparePart(
    rows: readonly unknown[],
    whole: readonly unknown[],
    first: number,
    at: Place,
    asked: Asked,
  ): readonly string[] {
    const faults = rows.length > first ? [`${nameOf(at.here)} has more rows than were asked for`] : [];
    let next = 0;
    for (const [index, row] of rows.entries()) {
      const tries = whole.slice(next).map((candidate, skipped) => ({
        found: next + skipped,
        faults: compare(
          row,
          candidate,
          { here: [...at.here, index], there: [...at.there, next + skipped] },
          asked,
        ),
      }));
      const [best] = tries.sort((one, other) => one.faults.length - other.faults.length);
      if (!best)
        return [...faults, `${nameOf(at.here)} has a row that is none, or not in its place: ${index}`];
      faults.push(...best.faults);
      next = best.found + 1;
    }
    return faults;
  }

  function compareLength(rows: number, whole: number, { here }: Place): readonly string[] {
    return rows === whole ? [] : [`${nameOf(here)} has ${rows} rows instead of ${whole}`];
  }

  function compareDangling({ here, there }: Place): readonly string[] {
    const [named, expected] = [dangling.get(nameOf(here)), danglingInTruth.get(nameOf(there))];
    return told(named) === told(expected)
      ? []
      : [`${nameOf(here)} is said to refer to nothing by ${told(named)} instead of ${told(expected)}`];
  }

  /** Reports errors at values that are not null, and gaps at lists that lack nothing. */
  function strayMarks(): readonly string[] {
    const stray = (path: Path): boolean => valueAt(answer.data, path) !== null;
    return [
      ...errors
        .filter(({ path, extensions }) => !admissible.has(extensions.code) || (path && stray(path)))
        .map(({ path = [], extensions, message }) => `${extensions.code} at ${nameOf(path)}: ${message}`),
      ...gaps
        .filter((gap) => gap.reference === undefined && stray(gap.path) && !connections.has(nameOf(gap.path)))
        .map(({ path, reason }) => `${reason} at ${nameOf(path)}, where nothing is missing`),
    ];
  }

  const { data: whole } = truth;
  if (!isFields(whole) || isMarked(truth))
    throw new TypeError(`the truth has gaps itself: ${told(truth.errors)}`);
  if (!isFields(answer.data)) return errors.length > 0 ? strayMarks() : ['there are neither data nor errors'];
  const start: Place = { here: [], there: [] };
  const faults = compareFields(answer.data, whole, start, fieldsIn([operation.selectionSet]));
  return [...strayMarks(), ...faults];
}

type AskedByKey = ReadonlyMap<string, Asked>;

interface Reader {
  readonly operation: OperationDefinitionNode;
  readonly fieldsIn: (sets: readonly SelectionSetNode[]) => AskedByKey;
}

/** Reads a document into a tree of response keys. Fragments are expanded, whatever their type conditions. */
function readerOf(schema: GraphQLSchema, { document, variables = {} }: Question): Reader {
  const parsed = parse(document);
  const types = new TypeInfo(schema);
  const typeOf = new Map<FieldNode, string>();
  visit(
    parsed,
    visitWithTypeInfo(types, {
      Field: (node) => void typeOf.set(node, String(getNamedType(types.getType()))),
    }),
  );
  const { definitions } = parsed;
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('a document without an operation');
  const { variableDefinitions = [] } = operation;
  const defaults = new Map(
    variableDefinitions.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  );
  const fragments = new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );

  function numberOf(value: ValueNode | undefined): number {
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind !== Kind.VARIABLE) return defaultFirst;
    const given = variables[value.name.value];
    return typeof given === 'number' ? given : numberOf(defaults.get(value.name.value));
  }

  function fieldsIn(sets: readonly SelectionSetNode[]): AskedByKey {
    const fields = new Map<string, Asked>();
    const add = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.INLINE_FRAGMENT) add(selection.selectionSet);
        else if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = fragments.get(selection.name.value);
          if (fragment) add(fragment.selectionSet);
        } else {
          const { name, alias, selectionSet, arguments: given } = selection;
          const key = alias?.value ?? name.value;
          const first = numberOf(given?.find((argument) => argument.name.value === 'first')?.value);
          const below = [...(fields.get(key)?.below ?? []), ...(selectionSet ? [selectionSet] : [])];
          fields.set(key, { name: name.value, type: typeOf.get(selection) ?? '', first, below });
        }
      }
    };
    sets.forEach(add);
    return fields;
  }

  return { operation, fieldsIn };
}

/** An error of a judged response. */
type JudgedError = NonNullable<Judged['errors']>[number];

/** Whether the error concerns an invalid date in a record. That field is null in every response. */
function isOddDate({ message }: JudgedError): boolean {
  return message.startsWith('The upstream sent an invalid date');
}

/** Whether the response has an error or a gap. Dangling references and invalid dates do not count. */
export function isMarked(answer: Judged): boolean {
  const isFailure = (error: JudgedError): boolean =>
    error.extensions.code !== 'DANGLING_REFERENCE' && !isOddDate(error);
  return (answer.errors ?? []).some(isFailure) || gapsOf(answer).some((gap) => gap.reference === undefined);
}

function gapsOf({ extensions }: Judged): readonly Gap[] {
  const { upstream } = (extensions ?? {}) as { readonly upstream?: { readonly incomplete: readonly Gap[] } };
  return upstream?.incomplete ?? [];
}

function isReplaced({ reason, reference }: Gap): boolean {
  return reference !== undefined && reason !== 'DANGLING_REFERENCE';
}

/** Returns the references that the gaps report as dangling, by the path of the gap. */
function danglingAt(gaps: readonly Gap[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const gap of gaps) {
    const { path, reference } = gap;
    if (reference === undefined || isReplaced(gap)) continue;
    places.set(nameOf(path), [...(places.get(nameOf(path)) ?? []), reference].sort());
  }
  return places;
}

/** Returns the value at a path; null if the data end before. */
function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Fields | null)?.[step] ?? null, data);
}

function into({ here, there }: Place, step: string | number): Place {
  return { here: [...here, step], there: [...there, step] };
}

function isWithin(path: string, at: string): boolean {
  return path === at || path.startsWith(`${at}.`);
}

function nameOf(path: Path): string {
  return path.join('.');
}

function told(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
