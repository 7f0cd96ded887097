/** Splits the name of a product into the brand, the stem with the strength, and the rest. */
import { foldText } from '../../terms/fold.js';

export interface NameParts {
  /** The brand; undefined if the name has neither a strength nor a known brand. */
  readonly brand: string | undefined;
  /** The beginning of the name, up to the end of the strength. */
  readonly stem: string;
  /** The rest of the name: dose form and container, in any language. It begins with a blank. */
  readonly tail: string;
}

const number = String.raw`\d[\d.,]*`;
const unit = String.raw`(?:%|(?:mi[ck]ro|mill?i)\p{L}+|\p{L}{1,5}(?![\p{L}-]))`;
/** Matches a number with its unit, and further ones joined by a sign: `160 mg/10 mg`, `5 mg/ml`, `5 %`. */
const strength = new RegExp(
  `^[\\s,(]*${number}(?:\\s?${unit})?(?:\\s?[/+]\\s?(?:${number}\\s?)?${unit})*`,
  'iu',
);

/** Creates a function that splits names. It caches the spellings of brands, so later calls are faster. */
export function createNameParts(): (name: string, brand: string | undefined) => NameParts {
  /** The most recent spelling of each brand in a name. */
  const spellings = new Map<string, string>();

  function toldIn(name: string, brand: string): string | undefined {
    const known = spellings.get(brand);
    if (known !== undefined && name.startsWith(known) && !isLetter(name[known.length])) return known;
    const found = wordsLike(name, brand);
    if (found !== undefined) spellings.set(brand, found);
    return found;
  }

  return (name, told) => {
    const brand = (told === undefined ? undefined : toldIn(name, told)) ?? beforeNumber(name);
    if (brand === undefined) return { brand, stem: name, tail: '' };
    const end = name.indexOf(brand) + brand.length;
    const [after = ''] = strength.exec(name.slice(end)) ?? [];
    const stem = name.slice(0, end + after.length).trimEnd();
    return { brand, stem, tail: name.slice(stem.length) };
  };
}

function beforeNumber(name: string): string | undefined {
  return /^(.*?\p{L}.*?)[\s,(]+\d/u.exec(name)?.[1]?.trim();
}

/** Returns those words of a name that match a folded text, as the name writes them. */
function wordsLike(name: string, folded: string): string | undefined {
  const whole = foldText(name);
  if (folded === '') return undefined;
  for (let at = whole.indexOf(folded); at >= 0; at = whole.indexOf(folded, at + 1)) {
    // If a letter is folded to two letters, later positions change. Then no words match, and the brand ends at the
    // first number.
    const words = name.slice(at, at + folded.length);
    const isWhole = !isLetter(name[at - 1]) && !isLetter(name[at + folded.length]);
    if (isWhole && foldText(words) === folded) return words;
  }
  return undefined;
}

function isLetter(character = ''): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}
