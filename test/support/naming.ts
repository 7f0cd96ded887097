/** Which products each term names, told from the records alone, and what is wrong with an answer that tells otherwise. */
import type {
  FhirResource,
  Identifier,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  Reference,
  RegulatedAuthorization,
} from 'fhir/r5.js';

export type Kind = 'EXACT' | 'ALIAS' | 'AMBIGUOUS' | 'PARTIAL' | 'NONE' | 'UNSEARCHABLE';

export interface Answered {
  readonly term: string;
  readonly kind: Kind;
  readonly matches: readonly {
    readonly how: string;
    readonly value: string;
    readonly product: { readonly pmsId: string } | null;
  }[];
}

/** The document that `faultsOf` reads answers of. */
export const lookupDocument =
  'query ($terms: [String!]!) { lookup(terms: $terms) { term kind matches { how value product { pmsId } } } }';

/** What the records register, each thing once. */
export interface Registered {
  readonly ids: readonly string[];
  readonly identifiers: readonly string[];
  readonly packageNumbers: readonly string[];
  readonly authorizations: readonly string[];
  readonly procedures: readonly string[];
  readonly atc: readonly string[];
  readonly names: readonly string[];
  /** Names up to the end of each of their words. */
  readonly beginnings: readonly string[];
}

export interface Naming {
  readonly registered: Registered;
  expected(term: string): Omit<Answered, 'term' | 'matches'> & { readonly products: readonly string[] };
  /** A line for each thing that is neither right nor honestly left open. */
  faultsOf(term: string, answer: Answered | undefined): readonly string[];
}

interface Bearing {
  readonly product: string;
  readonly how: string;
  readonly value: string;
}

interface Name {
  readonly product: string;
  readonly text: string;
  readonly folded: string;
  readonly isFirst: boolean;
}

/** Of a name: all of it, words at its start, words anywhere, or how one of its words begins. */
type Tier = 'whole' | 'start' | 'words' | 'beginning';

export function createNaming(resources: readonly FhirResource[]): Naming {
  const of = <Type extends FhirResource>(type: Type['resourceType']): readonly Type[] =>
    resources.filter((each): each is Type => each.resourceType === type);
  const products = of<MedicinalProductDefinition>('MedicinalProductDefinition');
  const packages = of<PackagedProductDefinition>('PackagedProductDefinition');
  const authorizations = of<RegulatedAuthorization>('RegulatedAuthorization');
  const productIds = new Set(products.map(({ id = '' }) => id));
  const numbers = new Map<string, Bearing[]>();
  const procedures = new Map<string, Bearing[]>();
  const add = (table: Map<string, Bearing[]>, key: string, bearing: Bearing): void => {
    const row = table.get(key);
    if (row) row.push(bearing);
    else table.set(key, [bearing]);
  };
  const packageIds = new Set(packages.map(({ id = '' }) => id));
  /** The ids of what is referred to, however that is written: a bare id is of whatever type has it. */
  const referred = (
    ids: ReadonlySet<string>,
    type: string,
    references: readonly Reference[] = [],
  ): string[] =>
    references.flatMap(({ reference = '' }) => {
      const parts = reference.replace(/\/_history\/.*$/, '').split('/');
      const [id = '', named = type] = parts.toReversed();
      return named === type && ids.has(id) ? [id] : [];
    });
  const productsIn = (references?: readonly Reference[]): string[] =>
    referred(productIds, 'MedicinalProductDefinition', references);
  const packagesIn = (references?: readonly Reference[]): string[] =>
    referred(packageIds, 'PackagedProductDefinition', references);
  const owners = new Map(packages.map(({ id = '', packageFor }) => [id, productsIn(packageFor)]));

  const atc = new Set<string>();
  for (const { id: product = '', identifier, classification = [] } of products) {
    add(numbers, fold(product), { product, how: 'PMS_ID', value: product });
    for (const { system = '', value } of valued(identifier))
      add(numbers, fold(value), { product, how: howOf(system), value });
    for (const { system = '', code = '' } of classification.flatMap(({ coding = [] }) => coding)) {
      if (!system.includes('whocc.no')) continue;
      atc.add(code);
      add(numbers, fold(code), { product, how: 'ATC', value: code });
    }
  }
  for (const { id = '', identifier } of packages)
    for (const { value } of valued(identifier))
      for (const product of owners.get(id) ?? []) add(numbers, fold(value), { product, how: 'PCID', value });
  for (const { identifier, subject, case: procedure } of authorizations) {
    const above = new Set([
      ...productsIn(subject),
      ...packagesIn(subject).flatMap((each) => owners.get(each) ?? []),
    ]);
    for (const product of above) {
      for (const { value } of valued(identifier))
        add(numbers, fold(value), { product, how: 'AUTHORIZATION_NUMBER', value });
      for (const { value } of valued(procedure?.identifier ? [procedure.identifier] : []))
        add(procedures, foldProcedure(value), { product, how: 'PROCEDURE_NUMBER', value });
    }
  }
  const names = products.flatMap(({ id: product = '', name = [] }) =>
    name.map(({ productName: text }, index): Name => ({
      product,
      text,
      folded: foldName(text),
      isFirst: index === 0,
    })),
  );

  const bearersOf = (term: string): readonly Bearing[] => [
    ...(numbers.get(fold(term)) ?? []),
    ...(procedures.get(foldProcedure(term)) ?? []),
  ];
  const named = (term: string, tier: Tier): readonly Name[] => {
    const wanted = foldName(term);
    if (wanted === '') return [];
    return names.filter(({ folded }) => {
      if (tier === 'whole') return folded === wanted;
      const quoted = wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      // A word goes on with letters after a letter, and with digits after a digit.
      const [begins, ends] = [kindOf(wanted.at(0) ?? ''), kindOf([...wanted].at(-1) ?? '')];
      const start = tier === 'start' ? '^' : begins === '' ? '' : `(?<!${begins})`;
      const isNumber = ends === '\\p{N}';
      const end = ends === '' || (tier === 'beginning' && !isNumber) ? '' : `(?!${ends})`;
      return new RegExp(`${start}${quoted}${end}`, 'u').test(folded);
    });
  };

  function expected(term: string): ReturnType<Naming['expected']> {
    const bearers = bearersOf(term);
    const whole = named(term, 'whole');
    const first = [...bearers, ...whole];
    const tiers = [first, named(term, 'start'), named(term, 'words'), named(term, 'beginning')];
    const best = tiers.find((each) => each.length > 0);
    const found = [...new Set((best ?? []).map(({ product }) => product))].sort();
    if (found.length === 0) return { kind: 'NONE', products: [] };
    if (found.length > 1) return { kind: 'AMBIGUOUS', products: found };
    const isExact = bearers.length > 0 || whole.some(({ isFirst }) => isFirst);
    if (isExact) return { kind: 'EXACT', products: found };
    return { kind: best === tiers[3] ? 'PARTIAL' : 'ALIAS', products: found };
  }

  function faultsOf(term: string, answer: Answered | undefined): readonly string[] {
    if (answer?.term !== term) return [`${term}: answered as ${answer?.term}`];
    const told = (what: string): string => `${JSON.stringify(term)}: ${what}`;
    const { kind, matches } = answer;
    const found = matches.map(({ product }) => product?.pmsId ?? '').sort();
    const bearings = bearersOf(term);
    const wrong = matches.flatMap(({ how, value, product }) => {
      const is = (each: Bearing): boolean => each.product === product?.pmsId && each.value === value;
      const isRight =
        how in tierOf
          ? named(term, tierOf[how as keyof typeof tierOf]).some(
              (each) => each.product === product?.pmsId && each.text === value,
            )
          : bearings.some((each) => is(each) && each.how === how);
      return isRight ? [] : [told(`${product?.pmsId} does not bear ${value} as ${how}`)];
    });
    if (kind === 'UNSEARCHABLE') return wrong;
    const truth = expected(term);
    return [
      ...wrong,
      ...(kind === truth.kind ? [] : [told(`${kind} instead of ${truth.kind}`)]),
      ...(found.join() === truth.products.join()
        ? []
        : [told(`${found.join()} instead of ${truth.products.join()}`)]),
    ];
  }

  return {
    expected,
    faultsOf,
    registered: {
      ids: [...productIds],
      identifiers: each(products.flatMap(({ identifier }) => valued(identifier))),
      packageNumbers: each(packages.flatMap(({ identifier }) => valued(identifier))),
      authorizations: each(authorizations.flatMap(({ identifier }) => valued(identifier))),
      procedures: each(
        authorizations.flatMap(({ case: procedure }) =>
          valued(procedure?.identifier ? [procedure.identifier] : []),
        ),
      ),
      atc: [...atc],
      names: [...new Set(names.map(({ text }) => text))],
      beginnings: [...new Set(names.flatMap(({ text }) => beginningsOf(text)))],
    },
  };
}

const tierOf = { NAME: 'whole', NAME_PART: 'words', NAME_BEGINNING: 'beginning' } as const;

/** The class of characters that a word of this one goes on with. */
function kindOf(character: string): string {
  if (/[\p{L}\p{M}]/u.test(character)) return '[\\p{L}\\p{M}]';
  return /\p{N}/u.test(character) ? '\\p{N}' : '';
}

function valued(
  identifiers: readonly Identifier[] = [],
): readonly { readonly system?: string; readonly value: string }[] {
  return identifiers.flatMap(({ system, value }) =>
    value === undefined || value.trim() === ''
      ? []
      : [{ value, ...(system === undefined ? {} : { system }) }],
  );
}

function each(identifiers: readonly { readonly value: string }[]): readonly string[] {
  return [...new Set(identifiers.map(({ value }) => value))];
}

function howOf(system: string): string {
  if (system.endsWith('/mpId')) return 'MPID';
  if (system.endsWith('/terms/100000075665')) return 'EV_CODE';
  return system.endsWith('/pmsId') || system.includes('/pms/api/') ? 'PMS_ID' : 'IDENTIFIER';
}

function beginningsOf(name: string): readonly string[] {
  return [...name.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) =>
    name.slice(0, index + word.length),
  );
}

function fold(number: string): string {
  return number.split(/\s/u).join('').toUpperCase();
}

function foldProcedure(number: string): string {
  const folded = fold(number);
  return folded.endsWith('/0000') ? folded.slice(0, -5) : folded;
}

function foldName(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().replaceAll(/\s+/gu, ' ').trim();
}

/** Terms as many at a time as one lookup takes. */
export function batches(terms: readonly string[], size = 50): readonly (readonly string[])[] {
  const unique = [...new Set(terms)];
  return Array.from({ length: Math.ceil(unique.length / size) }, (_, index) =>
    unique.slice(index * size, (index + 1) * size),
  );
}

const writings: readonly ((number: string) => string)[] = [
  (number) => number.toLowerCase(),
  fold,
  (number) => ` ${number}  `,
  (number) => number.replaceAll('/', ' / '),
  (number) => number.replaceAll('/', '/ '),
];

/** As people write numbers: each as registered, and in one other way. */
export function spellings(numbers: readonly string[]): readonly string[] {
  return numbers.flatMap((number, index) => [number, writings[index % writings.length]?.(number) ?? number]);
}
