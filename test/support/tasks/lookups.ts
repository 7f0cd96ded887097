/** A simple oracle for `lookup`: product names by their words, substances by their whole names, packages by their numbers. */
import { basesOf, namedOf } from '../filter-truth/ingredients.js';
import { namesIn, plain, solid, valuesOf, wordsOf, type Names } from '../filter-truth/words.js';
import { carriersIn } from '../filter-truth/packages.js';
import type { Family } from '../filter-truth/family.js';
import { all, each, idOf, line } from './lines.js';
import type { PlainWorld } from './world.js';

interface Named {
  readonly how: string;
  readonly product: string;
  /** Id of the package. Empty if the match is not a package. */
  readonly pack: string;
}

/** Returns one line for each match, and one for each term without a match. */
export function readLookup(data: unknown): readonly string[] {
  return each(data, 'lookup').flatMap((lookup) => {
    const head = [all(lookup, 'term'), all(lookup, 'kind')];
    const matches = each(lookup, 'matches').map((match) =>
      line(
        ...head,
        all(match, 'how'),
        ...each(match, 'product').map(idOf),
        each(match, 'package').map(idOf).join(),
      ),
    );
    return matches.length > 0 ? matches : [line(...head)];
  });
}

/** @param isWithPacks whether the operation selects the package */
export function lookedUp(world: PlainWorld, terms: readonly string[], isWithPacks = true): readonly string[] {
  const names = namesIn(world.resources);
  return terms.flatMap((term) => {
    // The first stage with a match counts.
    const stages = [
      byNumber(world, term),
      byName(world, term, 'whole'),
      [...byName(world, term, 'words'), ...bySubstance(world, term, names)],
      byName(world, term, 'beginning'),
    ];
    const stage = stages.findIndex((named) => named.length > 0);
    const named = stages[stage] ?? [];
    const kind = kindOf(stage, new Set(named.map(({ product }) => product)).size);
    if (named.length === 0) return [line(term, kind)];
    return named.map(({ how, product, pack }) => line(term, kind, how, product, isWithPacks ? pack : ''));
  });
}

function kindOf(stage: number, products: number): string {
  if (stage < 0) return 'NONE';
  if (stage === 3) return 'PARTIAL';
  if (products > 1) return 'AMBIGUOUS';
  return stage < 2 ? 'EXACT' : 'ALIAS';
}

/** Returns the products with a number. If several packages of a product have the number, no package is named. */
function byNumber({ families }: PlainWorld, term: string): readonly Named[] {
  return families.flatMap((family): readonly Named[] => {
    const { product, packs, own, ofPacks } = family;
    const named = (how: string, of = packs.slice(0, 0)): Named => ({
      how,
      product: product.id ?? '',
      pack: of.length === 1 ? (of[0]?.id ?? '') : '',
    });
    if (product.id === term) return [named('PMS_ID')];
    const pcid = packs.filter(({ identifier }) => valuesOf(identifier).map(solid).includes(solid(term)));
    if (pcid.length > 0) return [named('PCID', pcid)];
    const carrying = packs.filter(({ packaging }) => carriersIn(packaging).includes(gtinIn(term) ?? ''));
    if (carrying.length > 0) return [named('DATA_CARRIER', carrying)];
    if (own.some((each) => hasNumber(each, term))) return [named('AUTHORIZATION_NUMBER')];
    const permits = ofPacks.filter((permit) => hasNumber(permit, term));
    const permitted = packs.filter(({ id = '' }) =>
      permits.some(({ subject = [] }) => subject.some(({ reference = '' }) => reference.includes(id))),
    );
    return permits.length > 0 ? [named('AUTHORIZATION_NUMBER', permitted)] : [];
  });
}

function hasNumber({ identifier }: Family['own'][number], term: string): boolean {
  return valuesOf(identifier).map(solid).includes(solid(term));
}

/** Returns the GTIN in an EAN-13, a GTIN-14, or a GS1 string that begins with one. */
function gtinIn(term: string): string | undefined {
  const [, gtin] = /^(?:\(01\)|01(?=\d{14}))(\d{14})/.exec(term) ?? [];
  return gtin ?? (/^\d{8,14}$/.test(term) ? term.padStart(14, '0') : undefined);
}

/** Separates digits from letters: `5mg` becomes `5 mg`. */
function pieces(text: string): readonly string[] {
  return wordsOf(text.replaceAll(/(\d)(?=\p{L})|(\p{L})(?=\d)/gu, '$1$2 '));
}

function byName(
  { families }: PlainWorld,
  term: string,
  how: 'whole' | 'words' | 'beginning',
): readonly Named[] {
  const wanted = pieces(term);
  const isNamed = (name: string): boolean => {
    if (how === 'whole') return plain(name) === plain(term);
    const has = pieces(name);
    if (how === 'words') return wanted.every((word) => has.includes(word));
    return wanted.every((word) => has.some((each) => each.startsWith(word)));
  };
  const label = { whole: 'NAME', words: 'NAME_WORD', beginning: 'NAME_START' }[how];
  return families
    .filter(({ product }) => product.name.some(({ productName }) => isNamed(productName)))
    .map(({ product: { id = '' } }) => ({ how: label, product: id, pack: '' }));
}

function bySubstance({ families }: PlainWorld, term: string, names: Names): readonly Named[] {
  return families
    .filter(({ ingredients }) =>
      ingredients.some((ingredient) =>
        [ingredient.substance.code, ...basesOf(ingredient).flatMap(({ substance }) => substance ?? [])].some(
          (substance) => namedOf(substance, names).some((name) => plain(name) === plain(term)),
        ),
      ),
    )
    .map(({ product: { id = '' } }) => ({ how: 'SUBSTANCE', product: id, pack: '' }));
}
