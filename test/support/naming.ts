/** The oracle for `lookup`: finds the products that each term names in the records, and judges responses. */
import type {
  AdministrableProductDefinition,
  CodeableReference,
  FhirResource,
  Identifier,
  Ingredient,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Reference,
  RegulatedAuthorization,
  RegulatedAuthorizationCase,
  SubstanceDefinition,
} from 'fhir/r5.js';

export type Kind = 'EXACT' | 'ALIAS' | 'AMBIGUOUS' | 'PARTIAL' | 'NONE' | 'INVALID' | 'UNSEARCHABLE';

export interface Answered {
  readonly term: string;
  readonly kind: Kind;
  readonly matches: readonly {
    readonly how: string;
    readonly value: string;
    readonly product: { readonly pmsId: string } | null;
  }[];
}

/** The query whose responses `faultsOf` judges. */
export const lookupDocument =
  'query ($terms: [String!]!) { lookup(terms: $terms) { term kind matches { how value product { pmsId } } } }';

/** All numbers and names in the records, without duplicates. */
export interface Registered {
  readonly ids: readonly string[];
  readonly identifiers: readonly string[];
  readonly packageNumbers: readonly string[];
  readonly authorizations: readonly string[];
  readonly procedures: readonly string[];
  readonly atc: readonly string[];
  /** Bar codes of packages. */
  readonly carriers: readonly string[];
  readonly substanceCodes: readonly string[];
  readonly substanceNames: readonly string[];
  readonly names: readonly string[];
  /** Every beginning of a name that ends at the end of a word. */
  readonly beginnings: readonly string[];
}

export interface Naming {
  readonly registered: Registered;
  expected(term: string): Omit<Answered, 'term' | 'matches'> & { readonly products: readonly string[] };
  /** Returns one line for each fault: a result that is neither right nor marked as undecided. */
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

/**
 * How a term matches a name: the whole name, its first words, consecutive words, words in any order, or the beginning of a word.
 */
type Tier = 'whole' | 'start' | 'words' | 'scattered' | 'beginning';

export function createNaming(resources: readonly FhirResource[]): Naming {
  const of = <Type extends FhirResource>(type: Type['resourceType']): readonly Type[] =>
    resources.filter((each): each is Type => each.resourceType === type);
  const products = of<MedicinalProductDefinition>('MedicinalProductDefinition');
  const packages = of<PackagedProductDefinition>('PackagedProductDefinition');
  const authorizations = of<RegulatedAuthorization>('RegulatedAuthorization');
  const productIds = new Set(products.map(({ id = '' }) => id));
  const numbers = new Map<string, Bearing[]>();
  /** Numbers of records that belong to products. They are compared only if no product itself has the number. */
  const partNumbers = new Map<string, Bearing[]>();
  const procedures = new Map<string, Bearing[]>();
  const add = (table: Map<string, Bearing[]>, key: string, bearing: Bearing): void => {
    const row = table.get(key);
    if (row) row.push(bearing);
    else table.set(key, [bearing]);
  };
  const packageIds = new Set(packages.map(({ id = '' }) => id));
  /** Returns the ids of existing resources that the references name. A reference without a type counts as `type`. */
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
      if (system.endsWith('/100000093533')) add(numbers, fold(code), { product, how: 'ATC', value: code });
      if (!system.includes('whocc.no')) continue;
      atc.add(code);
      add(numbers, fold(code), { product, how: 'ATC', value: code });
    }
  }
  for (const { id = '', identifier } of packages)
    for (const { value } of valued(identifier))
      for (const product of owners.get(id) ?? []) add(numbers, fold(value), { product, how: 'PCID', value });
  for (const { formOf, identifier } of of<AdministrableProductDefinition>('AdministrableProductDefinition'))
    for (const { value } of valued(identifier))
      for (const product of productsIn(formOf))
        add(partNumbers, fold(value), { product, how: 'IDENTIFIER', value });
  const carriers = new Map<string, Bearing[]>();
  for (const { id = '', packaging } of packages)
    for (const { value } of valued(identifiersOn(packaging)))
      for (const product of owners.get(id) ?? [])
        add(carriers, foldCarrier(value), { product, how: 'DATA_CARRIER', value });
  for (const { identifier, subject, case: procedure } of authorizations) {
    const above = new Set([
      ...productsIn(subject),
      ...packagesIn(subject).flatMap((each) => owners.get(each) ?? []),
    ]);
    for (const product of above) {
      for (const { value } of valued(identifier))
        add(numbers, fold(value), { product, how: 'AUTHORIZATION_NUMBER', value });
      for (const { value } of valued(casesIn(procedure)))
        add(procedures, foldProcedure(value), { product, how: 'PROCEDURE_NUMBER', value });
    }
  }
  const substances = substancesIn(resources, productsIn, owners, referred);
  const names = products.flatMap(({ id: product = '', name = [] }) =>
    name.map(({ productName: text }, index): Name => ({
      product,
      text,
      folded: foldName(text),
      isFirst: index === 0,
    })),
  );

  // Names and results are cached: many products share a name, and a term is compared in several ways.
  const byName = new Map<string, Name[]>();
  for (const name of names) byName.set(name.folded, [...(byName.get(name.folded) ?? []), name]);
  const namedBefore = new Map<string, readonly Name[]>();

  /** @param withWords whether a bar code without digits matches, as it does if the service checks every product */
  const bearersOf = (term: string, withWords = false): readonly Bearing[] => [
    ...(numbers.get(fold(term)) ?? []),
    ...(procedures.get(foldProcedure(term)) ?? []),
    ...(withWords || /\d/.test(term) ? (carriers.get(foldCarrier(term)) ?? []) : []),
    ...(substances.codes.get(fold(term)) ?? []),
  ];
  const named = (term: string, tier: Tier): readonly Name[] => {
    const wanted = foldName(term);
    if (wanted === '') return [];
    const known = namedBefore.get(`${tier} ${wanted}`);
    if (known) return known;
    // Filters by substrings first, which is fast. Compiling the regular expression is slow.
    const held = tier === 'scattered' ? runsOf(wanted) : [wanted];
    const likely = [...byName].filter(([folded]) => held.every((part) => folded.includes(part)));
    const isNamed = likely.length > 0 ? testOf(wanted, tier) : () => false;
    const found = likely.flatMap(([folded, same]) => (isNamed(folded) ? same : []));
    namedBefore.set(`${tier} ${wanted}`, found);
    return found;
  };

  /**
   * @param withSubstances whether names of substances count beside consecutive words of product names
   * @param table the substance names of each record, or also the names that other records give the same code
   */
  function told(
    term: string,
    withSubstances: boolean,
    table: Table = substances.names,
    withWords = false,
  ): ReturnType<Naming['expected']> {
    const bearers = bearersOf(term, withWords);
    const whole = named(term, 'whole');
    const parts = (['start', 'words', 'scattered'] as const).map((tier) => named(term, tier));
    const isWord = parts.some(({ length }) => length > 0);
    const containing = withSubstances || !isWord ? (table.get(foldWords(term)) ?? []) : [];
    const [start = [], ...others] = parts;
    const parted = partNumbers.get(fold(term)) ?? [];
    const tiers = [
      [...bearers, ...whole],
      parted,
      [...start, ...containing],
      ...others,
      named(term, 'beginning'),
    ];
    const best = tiers.find((each) => each.length > 0);
    const found = [...new Set((best ?? []).map(({ product }) => product))].sort();
    if (found.length === 0) return { kind: 'NONE', products: [] };
    if (best === tiers.at(-1)) return { kind: 'PARTIAL', products: found };
    if (found.length > 1) return { kind: 'AMBIGUOUS', products: found };
    const isFirst = whole.some((each) => each.isFirst);
    const isMain =
      best === parted || bearers.length > 0 || isFirst || (whole.length === 0 && containing.length > 0);
    return { kind: isMain ? 'EXACT' : 'ALIAS', products: found };
  }

  function faultsOf(term: string, answer: Answered | undefined): readonly string[] {
    if (answer?.term !== term) return [`${term}: answered as ${answer?.term}`];
    const say = (what: string): string => `${JSON.stringify(term)}: ${what}`;
    const { kind, matches } = answer;
    const found = matches.map(({ product }) => product?.pmsId ?? '').sort();
    const bearings = [
      ...bearersOf(term, true),
      ...(partNumbers.get(fold(term)) ?? []),
      ...(substances.called.get(foldWords(term)) ?? []),
    ];
    const wrong = matches.flatMap(({ how, value, product }) => {
      const is = (each: Bearing): boolean => each.product === product?.pmsId && each.value === value;
      const isName = (tier: Tier): boolean =>
        named(term, tier).some((each) => each.product === product?.pmsId && each.text === value);
      const isRight =
        how in tiersOf
          ? tiersOf[how as keyof typeof tiersOf].some(isName)
          : how === 'SUBSTANCE'
            ? bearings.some((each) => each.product === product?.pmsId && each.how === how)
            : bearings.some((each) => is(each) && each.how === how);
      return isRight ? [] : [say(`${product?.pmsId} does not bear ${value} as ${how}`)];
    });
    if (kind === 'UNSEARCHABLE') return wrong;
    // Depending on the records read so far, the service may know the name of a substance or not. All resulting answers are right.
    const truths = [
      told(term, true),
      told(term, false),
      told(term, true, substances.called),
      told(term, false, substances.called),
      told(term, true, substances.called, true),
    ];
    const isTrue = truths.some((truth) => truth.kind === kind && truth.products.join() === found.join());
    const [truth] = truths;
    return [
      ...wrong,
      ...(isTrue ? [] : [say(`${kind} ${found.join()} instead of ${truth?.kind} ${truth?.products.join()}`)]),
    ];
  }

  const expected = (term: string): ReturnType<Naming['expected']> => told(term, true);

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
      carriers: each(packages.flatMap(({ packaging }) => valued(identifiersOn(packaging)))),
      substanceCodes: valuesOf(substances.codes, /^\d{6,12}$/),
      substanceNames: valuesOf(substances.names, /^(?!.*\d ?mg)\p{L}{3}/iu),
      names: [...new Set(names.map(({ text }) => text))],
      beginnings: [...new Set(names.flatMap(({ text }) => beginningsOf(text)))],
    },
  };
}

const tiersOf = {
  NAME: ['whole'],
  NAME_WORD: ['start', 'words', 'scattered'],
  NAME_START: ['beginning'],
} as const satisfies Record<string, readonly Tier[]>;

const unit =
  '(?:KG|MG|MCG|NG|.G|G|ML|.L|L|MMOL|MOL|MEQ|MBQ|GBQ|IU|IE|UI|U|MM|CM|%)(?![\\p{L}\\p{M}])'.replaceAll(
    '.',
    '\u039C',
  );
const strength = `\\p{N}+(?:[.,]\\p{N}+)* ?${unit}`;

function testOf(wanted: string, tier: Tier): (name: string) => boolean {
  if (tier === 'whole') return (name) => name === wanted;
  if (tier === 'scattered') {
    const tests = piecesOf(wanted).map(pieceTest);
    return (name) => tests.length > 0 && tests.every((test) => test.test(name));
  }
  const [before, after] = [boundary(wanted.at(0) ?? ''), boundary([...wanted].at(-1) ?? '')];
  const start = tier === 'start' ? '^' : before.start;
  const isNumber = /\p{N}$/u.test(wanted);
  const end = tier === 'beginning' && !isNumber ? '' : after.end;
  const test = new RegExp(`${start}${quote(wanted)}${end}`, 'u');
  return (name) => test.test(name);
}

function piecesOf(text: string): readonly string[] {
  const piece = new RegExp(
    `${strength}|[\\p{L}\\p{M}]+\\p{N}+(?:[.]\\p{N}+)*|\\p{N}+(?:[.]\\p{N}+)*|[\\p{L}\\p{M}]+`,
    'gu',
  );
  return text.match(piece) ?? [];
}

/** Splits a text into runs of letters and runs of digits. */
function runsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{M}]+|\p{N}+/gu) ?? [];
}

function pieceTest(piece: string): RegExp {
  const written = quote(piece).replaceAll(/(?<=[\p{L}\p{M}])(?=\p{N})/gu, ' ?');
  const { start } = boundary(piece.at(0) ?? '');
  const { end } = boundary([...piece].at(-1) ?? '');
  return new RegExp(`${start}${written}${end}`, 'u');
}

function quote(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * Returns patterns for the boundaries of a word: between letters and other characters, and between digits and other characters. A
 * decimal point does not end a number.
 */
function boundary(character: string): { readonly start: string; readonly end: string } {
  if (/[\p{L}\p{M}]/u.test(character)) return { start: '(?<![\\p{L}\\p{M}])', end: '(?![\\p{L}\\p{M}])' };
  // A point between digits is part of the number.
  if (character === '.') return { start: '(?<!\\p{N}(?=\\.\\p{N}))', end: '(?<!\\p{N}\\.(?=\\p{N}))' };
  if (!/\p{N}/u.test(character)) return { start: '', end: '' };
  return { start: '(?<!\\p{N}|\\p{N}\\.)', end: '(?!\\.?\\p{N})' };
}

/** Returns the identifiers of a procedure and of its applications. */
function casesIn(procedure: RegulatedAuthorizationCase | undefined): readonly Identifier[] {
  if (!procedure) return [];
  const { identifier, application = [] } = procedure;
  return [...(identifier ? [identifier] : []), ...application.flatMap(casesIn)];
}

function identifiersOn(packaging: PackagedProductDefinitionPackaging | undefined): readonly Identifier[] {
  if (!packaging) return [];
  return [...(packaging.identifier ?? []), ...(packaging.packaging ?? []).flatMap(identifiersOn)];
}

/** Returns the 14 digits of a GTIN of any length, or of a GS1 string that begins with `01`. */
function foldCarrier(text: string): string {
  const [, inside] = /^(?:\]d2)?01(\d{14})(?=\d{2})/.exec(text.trim()) ?? [];
  const digits = inside ?? fold(text).replaceAll('-', '');
  return /^\d{8,14}$/.test(digits) ? digits.padStart(14, '0') : fold(text);
}

function valuesOf(table: ReadonlyMap<string, readonly Bearing[]>, kind: RegExp): readonly string[] {
  const values = [...table.values()].flat().map(({ value }) => value);
  return [...new Set(values)].filter((value) => kind.test(value));
}

type Table = Map<string, Bearing[]>;

/** Returns the products that contain each substance, by code and by name, from ingredients and from substance records. */
function substancesIn(
  resources: readonly FhirResource[],
  productsIn: (references?: readonly Reference[]) => readonly string[],
  owners: ReadonlyMap<string, readonly string[]>,
  referred: (ids: ReadonlySet<string>, type: string, references?: readonly Reference[]) => readonly string[],
): { readonly codes: Table; readonly names: Table; readonly called: Table } {
  const of = <Type extends FhirResource>(type: Type['resourceType']): readonly Type[] =>
    resources.filter((each): each is Type => each.resourceType === type);
  const idsOf = (type: FhirResource['resourceType']): ReadonlySet<string> =>
    new Set(of(type).map(({ id = '' }) => id));
  const holders = new Map<string, Set<string>>();
  const hold = (holder: string, products: readonly string[]): void => {
    const before = holders.get(holder) ?? new Set<string>();
    for (const product of products) before.add(product);
    holders.set(holder, before);
  };
  const packages = of<PackagedProductDefinition>('PackagedProductDefinition');
  // An item that does not exist still links the packages and the ingredients that refer to it.
  const named = packages.flatMap(({ packaging }) => contentsOf(packaging));
  const items = new Set([
    ...idsOf('ManufacturedItemDefinition'),
    ...named.flatMap(
      ({ reference = '' }) => /^ManufacturedItemDefinition\/(.+)$/.exec(reference)?.slice(1) ?? [],
    ),
  ]);
  const itemsIn = (references?: readonly Reference[]): readonly string[] =>
    referred(items, 'ManufacturedItemDefinition', references);
  for (const { id = '', packaging } of packages)
    for (const item of itemsIn(contentsOf(packaging))) hold(`item ${item}`, owners.get(id) ?? []);
  const administrables = idsOf('AdministrableProductDefinition');
  for (const each of of<AdministrableProductDefinition>('AdministrableProductDefinition')) {
    hold(`administrable ${each.id}`, productsIn(each.formOf));
    for (const item of itemsIn(each.producedFrom)) hold(`item ${item}`, productsIn(each.formOf));
  }
  const definitions = new Map(
    of<SubstanceDefinition>('SubstanceDefinition').map((each) => [each.id ?? '', each]),
  );
  const [codes, names, called]: [Table, Table, Table] = [new Map(), new Map(), new Map()];
  const codesOf = new Map<string, Set<string>>();
  for (const ingredient of of<Ingredient>('Ingredient')) {
    const products = new Set([
      ...productsIn(ingredient.for),
      ...itemsIn(ingredient.for).flatMap((id) => [...(holders.get(`item ${id}`) ?? [])]),
      ...referred(administrables, 'AdministrableProductDefinition', ingredient.for).flatMap((id) => [
        ...(holders.get(`administrable ${id}`) ?? []),
      ]),
    ]);
    const { substance } = ingredient;
    const bases = (substance?.strength ?? []).flatMap(({ referenceStrength = [] }) => referenceStrength);
    const told = [substance?.code, ...bases.map((base) => base.substance)].flatMap((each) => each ?? []);
    for (const each of told) {
      const callingsOf = callings(each, definitions);
      for (const value of callingsOf.names) {
        const same = codesOf.get(foldWords(value)) ?? new Set<string>();
        for (const code of callingsOf.codes) same.add(fold(code));
        codesOf.set(foldWords(value), same);
      }
      for (const product of products) {
        for (const value of callingsOf.codes) put(codes, fold(value), { product, how: 'SUBSTANCE', value });
        for (const value of callingsOf.names)
          put(names, foldWords(value), { product, how: 'SUBSTANCE', value });
      }
    }
  }
  // If a record gives only a substance code, the names that other records give the code count.
  for (const [name, same] of codesOf)
    called.set(name, [...(names.get(name) ?? []), ...[...same].flatMap((code) => codes.get(code) ?? [])]);
  return { codes, names, called };
}

function put(table: Table, key: string, bearing: Bearing): void {
  const row = table.get(key);
  if (row) row.push(bearing);
  else table.set(key, [bearing]);
}

function callings(
  { concept, reference }: CodeableReference,
  definitions: ReadonlyMap<string, SubstanceDefinition>,
): { readonly codes: readonly string[]; readonly names: readonly string[] } {
  const codings = concept?.coding ?? [];
  const isCoded = codings.some(({ code }) => code);
  const definition = isCoded ? undefined : definitions.get(reference?.reference?.split('/').at(-1) ?? '');
  const own = (definition?.code ?? []).flatMap(({ code }) => code?.coding ?? []);
  return {
    codes: [
      ...[...codings, ...own].map(({ code }) => code),
      ...(definition?.identifier ?? []).map(({ value }) => value),
    ].flatMap((each) => each ?? []),
    names: [
      ...[...codings, ...own].map(({ display }) => display),
      concept?.text,
      reference?.display,
      ...(definition?.name ?? []).map(({ name }) => name),
    ].flatMap((each) => each ?? []),
  };
}

function contentsOf(packaging: PackagedProductDefinitionPackaging | undefined): readonly Reference[] {
  if (!packaging) return [];
  return [
    ...(packaging.containedItem ?? []).flatMap(({ item }) => item.reference ?? []),
    ...(packaging.packaging ?? []).flatMap(contentsOf),
  ];
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

function foldWords(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().replaceAll(/\s+/gu, ' ').trim();
}

/** Returns the name on one line, without trade mark signs, with `5mg` as `5 mg` and `2,5` as `2.5`. */
function foldName(name: string): string {
  return foldWords(name.replaceAll(/[®©™℠]/gu, ''))
    .replaceAll(/[‘’ʼ`´]/gu, "'")
    .replaceAll(/(?<=\p{N}),(?=\p{N})/gu, '.')
    .replaceAll(new RegExp(`(?<=\\p{N})(?=${unit})`, 'gu'), ' ');
}

/** Splits terms into batches that one lookup accepts. */
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

/** Returns each number as registered and in one other common spelling. */
export function spellings(numbers: readonly string[]): readonly string[] {
  return numbers.flatMap((number, index) => [number, writings[index % writings.length]?.(number) ?? number]);
}
