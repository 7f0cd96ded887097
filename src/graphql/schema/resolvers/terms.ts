/** Queries for the terms of lists, for drop-downs and filters. */
import { Query, Resolver } from 'type-graphql';
import { PmsError } from '../../../errors.js';
import { defaultLanguage } from '../../../terms/choice.js';
import { canonicalTag } from '../../../terms/languages.js';
import { listNames, listsFor, type ListName } from '../../../terms/lists.js';
import type { ListedTerm, Terms } from '../../../terms/terms.js';
import { TermsArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, FromContext } from '../field.js';
import { Concept } from '../types/concept.js';

@Resolver()
export class TermsResolver {
  @Query(() => [Concept], {
    nullable: true,
    description:
      'The terms of a list that this service knows, in alphabetical order. Use them for drop-downs. With `text`, terms that begin with the text come first. Costs no upstream request.',
  })
  @FromContext()
  terms(context: Context, @Arguments(() => TermsArgs) args: TermsArgs): readonly Concept[] {
    const { terms } = context;
    const { list, text, first } = args;
    const language = canonicalTag(args.language ?? context.languages[0] ?? defaultLanguage);
    return terms
      .search(listsNamed(list, terms), text ?? undefined, language, first)
      .map((term) => conceptOf(term, language));
  }
}

/**
 * Returns the lists that have a name.
 * @throws BAD_USER_INPUT for an unknown list; the message names the known lists
 */
function listsNamed(list: string, terms: Terms): readonly string[] {
  if (isListName(list)) return listsFor(list).filter(isShown);
  const known = terms.lists().filter((id) => /^\d+$/.test(id));
  if (known.includes(list)) return [list];
  throw new PmsError(
    'BAD_USER_INPUT',
    `"list" must be one of ${listNames.join(', ')}, or the number of an RMS list that this service has: ${known.sort().join(', ')}.`,
  );
}

function isListName(list: string): list is ListName {
  return (listNames as readonly string[]).includes(list);
}

/**
 * Whether a list is offered to clients. In filters, FHIR's own lists can be used in place of EMA's. A drop-down must
 * not offer both.
 */
function isShown(list: string): boolean {
  return !URL.canParse(list);
}

/** Creates a concept. If the record has no code of EMA's list, its text becomes a concept without a code system. */
function conceptOf({ list, code, text }: ListedTerm, language: string): Concept {
  if (!/^\d+$/.test(list))
    return new Concept(code === text ? { text } : { coding: [{ code, display: text }] }, language);
  const system = `https://spor.ema.europa.eu/v1/lists/${list}`;
  return new Concept({ coding: [{ system, code, display: text }] }, language);
}
