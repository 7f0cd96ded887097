/** FHIR CodeSystems: one as JSON, several as NDJSON, or those in a Bundle. */
import type { CodeSystemConcept, FhirResource } from 'fhir/r5.js';
import { listOf } from '../terms.js';
import { isLanguage } from '../languages.js';
import { rankOf, type Said } from './draft.js';
import { quoted, type Gathered, type Gathering } from './gathering.js';
import { TermsError } from './terms-error.js';

/** Substances are terms of EMA's too, of a service of their own: any of its addresses is the same list. */
const substances = /^https?:\/\/spor\.(?:ema\.europa|azure-api)\.(?:eu|net)\/.*SubstanceDefinition$/i;

/** Id that the list of substances has here. */
export const substanceList = 'SubstanceDefinition';

/**
 * Adds what the file says.
 * @throws TermsError where it holds no CodeSystem of EMA's
 */
export async function readCodeSystems(
  file: string,
  pieces: AsyncIterable<string>,
  gathering: Gathering,
): Promise<void> {
  let good = 0;
  let first: string | undefined;
  for await (const { where, value } of readJson(file, pieces)) {
    for (const resource of resourcesIn(value)) {
      const why = addCodeSystem(resource, file, gathering);
      if (why === undefined) good += 1;
      else {
        first ??= `${where} ${why}`;
        gathering.leaveOut({ file, where, why });
      }
    }
  }
  if (good > 0) return;
  throw new TermsError('data', `${file} has no FHIR CodeSystem of EMA's lists${first ? `: ${first}` : ''}.`);
}

function resourcesIn(value: unknown): readonly (FhirResource | null | undefined)[] {
  if (Array.isArray(value)) return value as readonly FhirResource[];
  const resource = value as FhirResource | null;
  if (resource?.resourceType !== 'Bundle') return [resource];
  return (resource.entry ?? []).map((each) => each?.resource as FhirResource | undefined);
}

/** Line by line, where the first line is JSON by itself; else the file as a whole. */
async function* readJson(
  file: string,
  pieces: AsyncIterable<string>,
): AsyncGenerator<{ readonly where: string; readonly value: unknown }> {
  let rest = '';
  let line = 0;
  let isLines: boolean | undefined;
  for await (const piece of pieces) {
    rest += piece;
    if (isLines === false || !piece.includes('\n')) continue;
    const lines = rest.split('\n');
    const whole = lines.slice(0, -1).find((each) => each.trim() !== '');
    if (isLines === undefined && whole === undefined) continue;
    isLines ??= parsed(whole ?? '') !== undefined;
    if (!isLines) continue;
    rest = lines.pop() ?? '';
    for (const each of lines) {
      line += 1;
      if (each.trim() !== '') yield { where: `line ${line}`, value: parsedOrRefused(file, each, line) };
    }
  }
  if (rest.trim() === '') return;
  yield { where: `line ${line + 1}`, value: parsedOrRefused(file, rest, isLines ? line + 1 : undefined) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function parsedOrRefused(file: string, text: string, line: number | undefined): unknown {
  const value = parsed(text);
  if (value !== undefined) return value;
  throw new TermsError(
    'data',
    `${file} is damaged: ${line === undefined ? 'it' : `line ${line}`} is no JSON.`,
  );
}

/**
 * A supplement brings texts for the codes of another system.
 * @returns why it was left out; undefined where it was added
 */
function addCodeSystem(
  resource: FhirResource | null | undefined,
  file: string,
  gathering: Gathering,
): string | undefined {
  const type: unknown = resource?.resourceType;
  if (resource?.resourceType !== 'CodeSystem')
    return `is no CodeSystem${typeof type === 'string' ? `, but ${quoted(type)}` : ''}`;
  const { url = '', supplements, title, name, language = 'en' } = resource;
  const named = (supplements ?? url).split('|')[0] ?? '';
  const list = listOf(named) ?? (substances.test(named) ? substanceList : undefined);
  if (list === undefined) return `is of no list of EMA's: its url is ${quoted(named)}`;
  if (!Array.isArray(resource.concept)) return `has no concepts: ${quoted(named)}`;
  const gathered = gathering.listOf({ list, origin: url || named, title: title ?? name });
  const leaveOut = (code: string | undefined, why: string): void =>
    gathering.leaveOut({ file, where: `list ${list}, concept ${code ?? '?'}`, why });
  addConcepts(resource.concept, { gathered, language, parent: undefined, leaveOut });
  return undefined;
}

interface Branch {
  readonly gathered: Gathered;
  /** Of displays. */
  readonly language: string;
  readonly parent: string | undefined;
  readonly leaveOut: (code: string | undefined, why: string) => void;
}

function addConcepts(concepts: readonly CodeSystemConcept[] | undefined, branch: Branch): void {
  for (const concept of concepts ?? []) {
    const code = typeof concept?.code === 'string' ? concept.code.trim() : '';
    if (code === '') {
      branch.leaveOut(undefined, 'has no code');
      continue;
    }
    branch.gathered.draft.add(saidBy(concept, code, branch));
    branch.gathered.rows += 1;
    addConcepts(concept.concept, { ...branch, parent: code });
  }
}

/** Uses of a designation that is one more name, and not the text to show. */
const otherUses = /synonym|short|abbrev|alias|900000000000013009/i;

function saidBy(concept: CodeSystemConcept, code: string, { language, parent, leaveOut }: Branch): Said {
  const { display, definition, designation = [], property = [] } = concept;
  const texts: { language: string; text: string; rank: number }[] = [];
  const otherNames: string[] = [];
  const add = (tag: string, text: string, rank: number): void => {
    if (isLanguage(tag)) texts.push({ language: tag, text, rank });
    else leaveOut(code, `names no language that there is: ${quoted(tag)}`);
  };
  if (display) add(language, display, 0);
  for (const { value, use, language: tag } of designation) {
    if (typeof value !== 'string') continue;
    const isOther = otherUses.test(`${use?.code} ${use?.display}`);
    if (isOther) otherNames.push(value);
    // What the concept displays itself comes before what it is also called in that language.
    else add(tag ?? language, value, 1);
  }
  const valueOf = (wanted: RegExp): string | undefined => {
    const found = property.find(({ code: each }) => wanted.test(each));
    return found?.valueCode ?? found?.valueString ?? found?.valueCoding?.code;
  };
  return {
    code,
    rank: rankIn(concept),
    texts,
    otherNames,
    successor: valueOf(/^(successor|replaced-?by)$/i),
    parent: parent ?? valueOf(/^parent$/i),
    symbols: [
      definition,
      ...otherNames,
      ...property.map(({ valueCode, valueString }) => valueCode ?? valueString),
    ].flatMap((each) => each ?? []),
  };
}

/** By the properties that FHIR defines for it. */
function rankIn({ property = [] }: CodeSystemConcept): number {
  const isGone = property.some(
    ({ code, valueBoolean, valueCode }) =>
      (code === 'inactive' && valueBoolean === true) ||
      (code === 'status' && /^(retired|deprecated|inactive|nullified|non-?current)$/i.test(valueCode ?? '')),
  );
  return isGone ? rankOf('NON_CURRENT') : 0;
}
