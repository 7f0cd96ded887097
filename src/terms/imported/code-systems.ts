/** Reads FHIR CodeSystems from a JSON file with one CodeSystem or a Bundle, or from an NDJSON file. */
import type {
  Bundle,
  BundleEntry,
  CodeSystem,
  CodeSystemConcept,
  CodeSystemConceptDesignation,
  CodeSystemConceptProperty,
  Coding,
} from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { isSubstanceSystem, substanceList } from '../lists.js';
import { listOf } from '../terms.js';
import { isLanguage } from '../languages.js';
import { rankOf, type TermData } from './draft.js';
import { quoted, type Gathered, type Gathering } from './gathering.js';
import { TermsError } from './terms-error.js';

/**
 * Reads the CodeSystems of a file into `gathering`.
 * @throws TermsError if the file has no CodeSystem of an EMA list
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

function resourcesIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const { resourceType, entry } = (value ?? {}) as Unchecked<Bundle>;
  return resourceType === 'Bundle' ? objectsIn<BundleEntry>(entry).map(({ resource }) => resource) : [value];
}

/** Parses a file line by line if its first line is complete JSON. Otherwise parses it as a whole. */
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
    `${file} is damaged: ${line === undefined ? 'it' : `line ${line}`} is not JSON.`,
  );
}

/** A FHIR type from an imported file. The file is not trusted, so every element may have any type. */
type Unchecked<Type> = { readonly [Name in keyof Type]?: unknown };

/**
 * Adds a CodeSystem to `gathering`. A fragment or a supplement is stored in addition to the complete list, and never
 * replaces it.
 * @returns why the CodeSystem was skipped; undefined if it was added
 */
function addCodeSystem(resource: unknown, file: string, gathering: Gathering): string | undefined {
  const { resourceType, ...system } = (resource ?? {}) as Unchecked<CodeSystem>;
  if (resourceType !== 'CodeSystem')
    return `is not a CodeSystem${typeof resourceType === 'string' ? `, but ${quoted(resourceType)}` : ''}`;
  const [url, supplemented] = [textIn(system.url), textIn(system.supplements)];
  const content = supplemented === undefined ? (textIn(system.content) ?? 'complete') : 'supplement';
  const named = (supplemented ?? url ?? '').split('|')[0] ?? '';
  const list = listOf(named) ?? (isSubstanceSystem(named) ? substanceList : undefined);
  if (list === undefined) return `is not one of EMA's lists: its url is ${quoted(named)}`;
  if (!contents.has(content)) return `contains no concepts: its content is ${quoted(content)}`;
  const concepts = objectsIn(system.concept);
  if (concepts.length === 0) return `has no concepts: ${quoted(named)}`;
  const origin = content === 'complete' ? (url ?? named) : `${url ?? named} (${content})`;
  const gathered = gathering.listOf({ list, origin, title: textIn(system.title) ?? textIn(system.name) });
  const leaveOut = (code: string | undefined, why: string): void =>
    gathering.leaveOut({ file, where: `list ${list}, concept ${code ?? '?'}`, why });
  addConcepts(concepts, { gathered, language: textIn(system.language) ?? 'en', leaveOut });
  return undefined;
}

/** Values of `CodeSystem.content` for which the CodeSystem has concepts of the list. */
const contents: ReadonlySet<string> = new Set(['complete', 'fragment', 'supplement']);

interface Branch {
  readonly gathered: Gathered;
  /** The language of the displays. */
  readonly language: string;
  readonly leaveOut: (code: string | undefined, why: string) => void;
}

/** Adds concepts and their children in the order of the file. */
function addConcepts(roots: readonly Concept[], branch: Branch): void {
  const waiting = roots.toReversed().map((concept) => ({ concept, parent: undefined as string | undefined }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { concept, parent } = next;
    const code = textIn(concept.code)?.trim() ?? '';
    if (code === '') {
      branch.leaveOut(undefined, 'has no code');
      continue;
    }
    branch.gathered.draft.add(saidBy(concept, code, parent, branch));
    branch.gathered.rows += 1;
    for (const below of objectsIn(concept.concept).toReversed())
      waiting.push({ concept: below, parent: code });
  }
}

type Concept = Unchecked<CodeSystemConcept>;

/** The uses of a designation that mean an additional name, not the preferred text. */
const otherUses = /synonym|short|abbrev|alias|900000000000013009/i;

function saidBy(
  concept: Concept,
  code: string,
  parent: string | undefined,
  { language, leaveOut }: Branch,
): TermData {
  const texts: { language: string; text: string; rank: number }[] = [];
  const otherNames: string[] = [];
  const add = (tag: string, text: string, rank: number): void => {
    if (isLanguage(tag)) texts.push({ language: tag, text, rank });
    else leaveOut(code, `has an unknown language: ${quoted(tag)}`);
  };
  const display = textIn(concept.display);
  if (display !== undefined) add(language, display, 0);
  for (const designation of objectsIn<CodeSystemConceptDesignation>(concept.designation)) {
    const value = textIn(designation.value);
    if (value === undefined) continue;
    const [use] = objectsIn<Coding>([designation.use]);
    const isOther = otherUses.test(`${textIn(use?.code)} ${textIn(use?.display)}`);
    if (isOther) otherNames.push(value);
    // The concept's display takes precedence over designations in the same language.
    else add(textIn(designation.language) ?? language, value, 1);
  }
  const properties = objectsIn<CodeSystemConceptProperty>(concept.property).map(propertyOf);
  const valueOf = (wanted: RegExp): string | undefined =>
    properties.find(({ name, value }) => value !== undefined && wanted.test(name))?.value;
  return {
    code,
    rank: rankIn(properties),
    texts,
    otherNames,
    successor: valueOf(/^(successor|replaced-?by)$/i),
    parent: parent ?? valueOf(/^parent$/i),
    symbols: [textIn(concept.definition), ...otherNames, ...properties.map(({ value }) => value)].flatMap(
      (each) => each ?? [],
    ),
  };
}

interface Property {
  readonly name: string;
  /** The value if it is a code or a text. */
  readonly value: string | undefined;
  readonly isTrue: boolean;
}

function propertyOf(property: Unchecked<CodeSystemConceptProperty>): Property {
  const [coding] = objectsIn<Coding>([property.valueCoding]);
  return {
    name: textIn(property.code) ?? '',
    value: textIn(property.valueCode) ?? textIn(property.valueString) ?? textIn(coding?.code),
    isTrue: property.valueBoolean === true,
  };
}

/** Returns the rank of a concept by the properties `inactive` and `status`, which FHIR defines. */
function rankIn(properties: readonly Property[]): number {
  const isGone = properties.some(
    ({ name, value = '', isTrue }) =>
      (name === 'inactive' && isTrue) ||
      (name === 'status' && /^(retired|deprecated|inactive|nullified|non-?current)$/i.test(value)),
  );
  return isGone ? rankOf('NON_CURRENT') : 0;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Returns the items of a list that are objects. */
function objectsIn<Type = CodeSystemConcept>(value: unknown): readonly Unchecked<Type>[] {
  return elements(value as readonly Unchecked<Type>[]);
}
