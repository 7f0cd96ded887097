/** Reads the texts of a record with their languages: from FHIR's translations, and from the record's own language. */
import type { Extension } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import { asSent, guarded } from '../fhir/guarded.js';
import type { FhirResource } from '../fhir/resources.js';
import type { LanguageText } from './choice.js';
import { isLanguageTag, languageTagsOf } from './languages.js';

const translation = /^https?:\/\/hl7\.org\/fhir\/StructureDefinition\/translation$/;
/** EMA's extension for a language, and FHIR's. */
const languageExtension = /\/(?:extension|StructureDefinition)\/language$/i;

/**
 * Returns the texts of one element: its own, then its translations.
 * @param holder the element's parent, which also holds the companion element (`_display`)
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

/** Elements with text for people, at any place. */
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
 * Returns the record with its language (`Resource.language`) added to each of its texts, where `saidIn` reads it; the
 * very same record where it names no language.
 */
export function withLanguageMarked<Record extends FhirResource>(resource: Record): Record {
  const given = asSent(resource);
  const language = tagIn(given.language);
  if (language === null) return resource;
  const told = { url: 'http://hl7.org/fhir/StructureDefinition/language', valueCode: language };
  const read = markedObject(given, told) as Record;
  // Only extensions were added to a sound record, so it is still sound.
  return given === resource ? read : guarded(read);
}

/** Copies only objects with text, and those around them: most views of a record are read once. */
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
      // The language of this text takes precedence over that of the record.
      if (worded.has(name))
        (copy ??= { ...given })[`_${name}`] = { extension: [...extensionsOf(given[`_${name}`]), told] };
    } else if (typeof each === 'object' && !name.startsWith('_')) {
      const read = marked(each, told);
      if (read !== each) (copy ??= { ...given })[name] = read;
    }
  }
  return copy ?? given;
}
