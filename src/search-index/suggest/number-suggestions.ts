/** Numbers that begin as somebody types them, in any spelling: of authorizations, of procedures and of products. */
import { ofType } from '../../fhir/resources.js';
import { identifierIn } from '../../facts/of-product.js';
import { identifiersOf } from '../../facts/concepts.js';
import type { FilterPart } from '../../facts/filter.js';
import type { Subject } from '../../facts/fact.js';
import { isObject } from '../../fhir/answer.js';
import type { FhirResource } from '../../fhir/resources.js';
import { foldNumber, foldProcedure } from '../../terms/numbers.js';
import { recordColumn } from '../columns.js';
import { unpackEach } from '../packed-bytes.js';
import { readSaid, saidPart } from '../said.js';
import { readRecordShape, untoldShape } from '../shapes.js';
import type { FirstToken, IndexStore } from '../store/index-store.js';
import { inOrder, standings, type Ranked } from './ranking.js';
import { isAskable, type Suggestion, type SuggestedFilter } from './suggestion.js';

export type NumberSuggestion = Suggestion & Ranked;

/** A kind of number. */
interface Numbers {
  readonly part: FilterPart & ('authorizationNumber' | 'procedureNumber' | 'identifier');
  readonly of: Subject;
  readonly called: string;
  readonly fold: (number: string) => string;
  /** As a record writes them. */
  readonly valuesIn: (record: FhirResource) => readonly string[];
}

const authorizationNumbers: Numbers = {
  part: 'authorizationNumber',
  of: 'authorization',
  called: 'authorization number',
  fold: foldNumber,
  valuesIn: (record) =>
    ofType('RegulatedAuthorization', [record]).flatMap(({ identifier }) => numbersIn(identifier)),
};
const procedureNumbers: Numbers = {
  part: 'procedureNumber',
  of: 'authorization',
  called: 'procedure number',
  fold: foldProcedure,
  valuesIn: (record) =>
    ofType('RegulatedAuthorization', [record]).flatMap((each) => numbersIn(each.case?.identifier)),
};
const identifiers: Numbers = {
  part: 'identifier',
  of: 'product',
  called: 'number',
  fold: foldNumber,
  valuesIn: (record) =>
    ofType('MedicinalProductDefinition', [record]).flatMap(({ id, identifier }) => [
      id,
      ...numbersIn(identifier),
    ]),
};
const kinds = [authorizationNumbers, procedureNumbers, identifiers] as const;

function numbersIn(given: Parameters<typeof identifiersOf>[0]): readonly string[] {
  return identifiersOf(given).map(({ value }) => value);
}

/** A column of authorizations that has their numbers as these are written, and the numbers of their procedures. */
const writtenColumn = recordColumn('authorizedSince', 'authorization').name;

/** Characters: what is shorter begins too many numbers, and is looked for as a whole one. */
const shortest = 3;

/** A number that was found. */
interface FoundNumber extends Ranked {
  readonly of: Numbers;
  readonly token: FirstToken;
}

/** Those that are the whole text, and those that begin so; the kinds of numbers take turns. @param most in all */
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
  const described = await Promise.all(
    inOrder(rows)
      .slice(0, most)
      .map((number) => suggestionOf(store, number)),
  );
  const all = described.flat();
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
  // A number with its system is asked for as a whole.
  if (beginning.includes('|')) return [];
  const tokens = (await from(beginning)).filter(
    ({ value }) => !value.includes('|') && (beginning.length >= shortest || value === beginning),
  );
  if (tokens.length > 0) return tokens;
  // The first step of a procedure is not kept: what is typed of `/0000` ends what is before it.
  const whole = beginning.replace(/\/0{0,3}$/, '');
  return whole === beginning || fold !== foldProcedure
    ? []
    : (await from(whole)).filter(({ value }) => value === whole);
}

async function suggestionOf(
  store: IndexStore,
  { of, token, ...ranked }: FoundNumber,
): Promise<readonly NumberSuggestion[]> {
  const { part, called, fold, valuesIn } = of;
  const { value, product, record, isAlone } = token;
  const told =
    part === 'identifier' ? await ownOf(store, product) : await authorizationOf(store, product, record);
  const written = told ? safely(() => valuesIn(told)).find((each) => fold(each) === value) : undefined;
  // What looks like a system before a number would be taken for one.
  const shown = [written?.trim(), value].find(
    (each) => each !== undefined && isAskable(each) && fold(identifierIn(each).bare) === value,
  );
  if (shown === undefined) return [];
  const name = isAlone ? await nameOf(store, product) : undefined;
  const owner = isAlone ? (name ?? 'one product') : 'several products';
  const filter: SuggestedFilter = { [part]: [shown] };
  return [{ ...ranked, text: shown, detail: `${called} of ${owner}`, filter }];
}

async function authorizationOf(
  store: IndexStore,
  product: number,
  record: number,
): Promise<FhirResource | undefined> {
  const { told, shapes } = await store.told(writtenColumn, [product]);
  for (let at = 0; at < told.length; at += 3) {
    if (told[at + 1] !== record) continue;
    const shape = shapes.find(({ number }) => number === told[at + 2])?.shape ?? untoldShape;
    return shape === untoldShape ? undefined : readRecordShape(shape).resource;
  }
  return undefined;
}

async function ownOf(store: IndexStore, product: number): Promise<FhirResource | undefined> {
  const rows = await store.rows([product]);
  const owns = await store.owns(rows.map(({ id }) => id));
  const [own] = (await unpackEach(owns, (held, unpack) => unpack(held.own))).values();
  const record: unknown = own && JSON.parse(Buffer.from(own).toString('utf8'));
  return isObject(record) ? (record as unknown as FhirResource) : undefined;
}

async function nameOf(store: IndexStore, product: number): Promise<string | undefined> {
  const { shapes } = await store.told(saidPart, [product]);
  const [name] = shapes.flatMap(({ shape }) => readSaid(shape).texts.NAME);
  return name;
}

/** A record that holds what FHIR does not allow tells nothing. */
function safely(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}
