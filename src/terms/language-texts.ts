/**
 * Reads the texts of a record with their languages, which are stated by translation extensions, by language extensions,
 * or by the record's `language`.
 */
import type { Extension } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { asSent, guarded } from '../fhir/guarded.js';
import type { FhirResource } from '../fhir/resources.js';
import type { LanguageText } from './choice.js';
import { isLanguageTag, languageTagsOf } from './languages.js';

const translation = /^https?:\/\/hl7\.org\/fhir\/StructureDefinition\/translation$/;
/** The URL of EMA's or FHIR's extension for the language of a text. */
const languageExtension = /\/(?:extension|StructureDefinition)\/language$/i;

/**
 * Returns the texts of an element: its own text, then its translations.
 * @param holder the object that has the element (`display`) and its companion (`_display`)
 */
export function languageTexts(holder: object | undefined, name: string): readonly LanguageText[] {
  if (!holder) return [];
  const { [name]: text, [`_${name}`]: beside } = holder as Readonly<Record<string, unknown>>;
  const extensions = extensionsOf(beside);
  const own = typeof text === 'string' && text !== '' ? [{ text, language: toldBy(extensions) }] : [];
  return extensions.length === 0 ? own : [...own, ...extensions.flatMap(translationIn)];
}

function extensionsOf(beside: unknown): readonly Extension[] {
  if (typeof beside !== 'object' || beside === null) return [];
  return elements((beside as { readonly extension?: readonly Extension[] }).extension);
}

function translationIn({ url, extension }: Extension): readonly LanguageText[] {
  if (typeof url !== 'string' || !translation.test(url)) return [];
  const parts = elements(extension);
  const lang = parts.find((part) => part.url === 'lang');
  const content = parts.find((part) => part.url === 'content');
  const text: unknown = content?.valueString ?? content?.valueMarkdown;
  if (typeof text !== 'string' || text === '') return [];
  return [{ text, language: tagIn(lang?.valueCode ?? lang?.valueString) }];
}

function toldBy(extensions: readonly Extension[]): string | null {
  const told = extensions.find(({ url }) => typeof url === 'string' && languageExtension.test(url));
  if (!told) return null;
  const { valueCoding, valueCodeableConcept = valueCoding && { coding: [valueCoding] } } = told;
  return languageTagsOf(valueCodeableConcept)[0] ?? tagIn(told.valueCode ?? told.valueString);
}

function tagIn(tag: unknown): string | null {
  return typeof tag === 'string' && isLanguageTag(tag) ? tag : null;
}

/** The names of the elements that contain human-readable text, in records of every type. */
const worded = new Set([
  'description',
  'display',
  'indication',
  'name',
  'productName',
  'text',
  'textConcentration',
  'textPresentation',
]);

/**
 * Returns the record with its language (`Resource.language`) added to each of its texts as an extension. If the
 * record has no language, returns the record itself.
 */
export function withLanguageMarked<Record extends FhirResource>(resource: Record): Record {
  const given = asSent(resource);
  const language = tagIn(given.language);
  if (language === null) return resource;
  const told = { url: 'http://hl7.org/fhir/StructureDefinition/language', valueCode: language };
  const read = markedObject(given, told) as Record;
  // Only extensions were added, so a record without malformed elements still has none.
  return given === resource ? read : guarded(read);
}

/** Only objects that contain text at any depth are copied. Copying more would take time for nothing. */
function marked(value: unknown, told: Extension): unknown {
  if (Array.isArray(value)) return markedList(value, told);
  return typeof value === 'object' && value !== null ? markedObject(value, told) : value;
}

function markedList(values: readonly unknown[], told: Extension): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < values.length; index += 1) {
    const read = marked(values[index], told);
    if (read !== values[index]) (copy ??= [...values])[index] = read;
  }
  return copy ?? values;
}

function markedObject(value: object, told: Extension): object {
  const given = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | undefined;
  for (const name in given) {
    const each = given[name];
    if (typeof each === 'string') {
      // The text's own language extension takes precedence over the record's language.
      if (worded.has(name))
        (copy ??= { ...given })[`_${name}`] = { extension: [...extensionsOf(given[`_${name}`]), told] };
    } else if (typeof each === 'object' && !name.startsWith('_')) {
      const read = marked(each, told);
      if (read !== each) (copy ??= { ...given })[name] = read;
    }
  }
  return copy ?? given;
}
