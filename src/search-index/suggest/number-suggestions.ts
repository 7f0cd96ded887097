/** Suggests numbers of authorizations, procedures and products that begin with the typed text, in any spelling. */
import { ofType, type FhirResource } from '../../fhir/resources.js';
import { identifierIn } from '../../facts/of-product.js';
import { identifiersOf } from '../../facts/concepts.js';
import type { FilterPart } from '../../facts/filter.js';
import type { Subject } from '../../facts/fact.js';
import { isObject } from '../../fhir/answer.js';
import { foldNumber, foldProcedure } from '../../terms/numbers.js';
import { recordColumn } from '../columns.js';
import { unpackEach } from '../packed-bytes.js';
import { readTexts, readWritten, textPart, writtenPart } from '../text/product-texts.js';
import { eachRow } from '../store/each-row.js';
import type { FirstToken, IndexStore } from '../store/index-store.js';
import { unlessOdd } from '../../fhir/elements.js';
import { inOrder, standings, type Ranked } from './ranking.js';
import { isAskable, type Suggestion, type SuggestedFilter } from './suggestion.js';

export type NumberSuggestion = Suggestion & Ranked;

/** A kind of number, such as an authorization number. */
interface Numbers {
  readonly part: FilterPart & ('authorizationNumber' | 'procedureNumber' | 'identifier');
  readonly of: Subject;
  readonly called: string;
  readonly fold: (number: string) => string;
}

const authorizationNumbers: Numbers = {
  part: 'authorizationNumber',
  of: 'authorization',
  called: 'authorization number',
  fold: foldNumber,
};
const procedureNumbers: Numbers = {
  part: 'procedureNumber',
  of: 'authorization',
  called: 'procedure number',
  fold: foldProcedure,
};
const identifiers: Numbers = { part: 'identifier', of: 'product', called: 'number', fold: foldNumber };
const kinds = [authorizationNumbers, procedureNumbers, identifiers] as const;

/** The numbers of a record, as the record writes them. */
type Writings = Readonly<Partial<Record<Numbers['part'], readonly string[]>>>;

/**
 * Minimum number of characters for matching the beginning of numbers. Too many numbers begin with a shorter text, so
 * it must equal a number completely.
 */
const shortest = 3;

/** A number that was found. */
interface FoundNumber extends Ranked {
  readonly of: Numbers;
  readonly token: FirstToken;
}

/**
 * Returns numbers that equal the text, and numbers that begin with it. Different kinds of numbers alternate.
 * @param most the maximum number of suggestions in total
 */
export async function numberSuggestions(
  store: IndexStore,
  text: string,
  most: number,
): Promise<readonly (readonly NumberSuggestion[])[]> {
  if (!/\d/.test(text)) return [];
  const found = await Promise.all(kinds.map((each) => numbersFrom(store, each, text, most)));
  const rows = [standings.exact, standings.begins].flatMap((standing) =>
    found.map((numbers) => numbers.filter((number) => number.standing === standing)),
  );
  const all = await described(store, inOrder(rows).slice(0, most));
  return [standings.exact, standings.begins].map((standing) =>
    all.filter((each) => each.standing === standing),
  );
}

async function numbersFrom(
  store: IndexStore,
  of: Numbers,
  text: string,
  most: number,
): Promise<readonly FoundNumber[]> {
  const tokens = await tokensOf(store, of, text, most);
  return tokens.map((token) => ({
    kind: 'NUMBER',
    standing: token.value === of.fold(text) ? standings.exact : standings.begins,
    products: 1,
    of,
    token,
  }));
}

async function tokensOf(
  store: IndexStore,
  { part, of, fold }: Numbers,
  text: string,
  most: number,
): Promise<readonly FirstToken[]> {
  const beginning = fold(text);
  const column = recordColumn(part, of).name;
  const from = (value: string): Promise<readonly FirstToken[]> => store.valuesFrom(column, value, most);
  // A text with the system of a number (`system|value`) is not completed.
  if (beginning.includes('|')) return [];
  const tokens = (await from(beginning)).filter(
    ({ value }) => !value.includes('|') && (beginning.length >= shortest || value === beginning),
  );
  if (tokens.length > 0) return tokens;
  // The ending `/0000` of the first step of a procedure is not stored. If a part of this ending is typed, the text
  // before it is the complete number.
  const whole = beginning.replace(/\/0{0,3}$/, '');
  return whole === beginning || fold !== foldProcedure
    ? []
    : (await from(whole)).filter(({ value }) => value === whole);
}

/** Adds the name of its product to each number. All products are read in one step. */
async function described(
  store: IndexStore,
  numbers: readonly FoundNumber[],
): Promise<readonly NumberSuggestion[]> {
  const productsOf = (some: readonly FoundNumber[]): readonly number[] => [
    ...new Set(some.map(({ token }) => token.product)),
  ];
  const alone = numbers.filter(({ token }) => token.isAlone);
  const isOwn = ({ of }: FoundNumber): boolean => of === identifiers;
  const [owns, authorizations, names] = await Promise.all([
    ownsOf(store, productsOf(alone.filter(isOwn))),
    authorizationsOf(store, productsOf(alone.filter((each) => !isOwn(each)))),
    namesOf(store, productsOf(alone)),
  ]);
  return numbers.flatMap((number) => {
    const { product, record } = number.token;
    const told = isOwn(number) ? owns.get(product) : authorizations.get(`${product} ${record}`);
    return suggestionOf(number, told, names.get(product)) ?? [];
  });
}

function suggestionOf(
  { of, token, ...ranked }: FoundNumber,
  told: Writings | undefined,
  name: string | undefined,
): NumberSuggestion | undefined {
  const { part, called, fold } = of;
  const { value, isAlone } = token;
  // Several products may write the number differently. Then its folded spelling is suggested, whichever product was
  // read first.
  const known = (isAlone && told?.[part]) || [];
  const written = known.find((each) => fold(each) === value);
  // A filter would read a text with `|` as a system and its number. So such a text is not suggested.
  const shown = [written?.trim(), value].find(
    (each) => each !== undefined && isAskable(each) && fold(identifierIn(each).bare) === value,
  );
  if (shown === undefined) return undefined;
  const owner = isAlone ? (name ?? 'one product') : 'several products';
  const filter: SuggestedFilter = { [part]: [shown] };
  return { ...ranked, text: shown, detail: `${called} of ${owner}`, filter };
}

/** Returns the numbers of authorizations as records write them, by product and record number. */
async function authorizationsOf(
  store: IndexStore,
  products: readonly number[],
): Promise<ReadonlyMap<string, Writings>> {
  const written = new Map<string, Writings>();
  await eachRow(store, writtenPart, products, (product, record, shape) =>
    written.set(`${product} ${record}`, readWritten(shape)),
  );
  return written;
}

async function namesOf(store: IndexStore, products: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  await eachRow(store, textPart, products, (product, _record, shape) => {
    const [name] = readTexts(shape).NAME;
    if (name !== undefined) names.set(product, name);
  });
  return names;
}

async function ownsOf(
  store: IndexStore,
  products: readonly number[],
): Promise<ReadonlyMap<number, Writings>> {
  if (products.length === 0) return new Map();
  const rows = await store.rows(products);
  const owns = await unpackEach(await store.owns(rows.map(({ id }) => id)), (held, unpack) =>
    unpack(held.own),
  );
  const written = new Map<number, Writings>();
  for (const { number, id } of rows) {
    const own = owns.get(id);
    const record: unknown = own && JSON.parse(Buffer.from(own).toString('utf8'));
    const identifier = isObject(record) ? unlessOdd(() => ownNumbers(record)) : undefined;
    if (identifier) written.set(number, { identifier });
  }
  return written;
}

function ownNumbers(record: object): readonly string[] {
  return ofType('MedicinalProductDefinition', [record as FhirResource]).flatMap(({ id, identifier }) => [
    id,
    ...identifiersOf(identifier).map(({ value }) => value),
  ]);
}
