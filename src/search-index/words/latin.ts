/**
 * Writes Greek and Cyrillic words in Latin letters. Existing packages are not used, because they convert letter by
 * letter, so that `ΟΥ` becomes OY, and they read Cyrillic as Russian. The languages of the Union in these scripts are
 * Greek and Bulgarian.
 */

/** Latin letters for a letter: by the official rules of the country, and as in international names of medicines. */
type Spellings = Readonly<Record<string, readonly [byCountry: string, international: string]>>;

/**
 * Greek letters. `byCountry` is ELOT 743 (ISO 843). `international` is the spelling that WHO uses for words of Greek
 * origin in names of substances: Ομεπραζόλη becomes OMEPRAZOLE, and Ινσουλίνη begins with INSULIN.
 */
const greek: Spellings = {
  ΑΙ: ['AI', 'E'],
  ΓΓ: ['NG', 'NG'],
  ΓΞ: ['NX', 'NX'],
  ΓΧ: ['NCH', 'NCH'],
  ΕΙ: ['EI', 'I'],
  ΜΠ: ['MP', 'B'],
  ΝΤ: ['NT', 'NT'],
  ΟΙ: ['OI', 'E'],
  ΟΥ: ['OU', 'U'],
  Α: ['A', 'A'],
  Β: ['V', 'B'],
  Γ: ['G', 'G'],
  Δ: ['D', 'D'],
  Ε: ['E', 'E'],
  Ζ: ['Z', 'Z'],
  Η: ['I', 'E'],
  Θ: ['TH', 'TH'],
  Ι: ['I', 'I'],
  Κ: ['K', 'C'],
  Λ: ['L', 'L'],
  Μ: ['M', 'M'],
  Ν: ['N', 'N'],
  Ξ: ['X', 'X'],
  Ο: ['O', 'O'],
  Π: ['P', 'P'],
  Ρ: ['R', 'R'],
  Σ: ['S', 'S'],
  Τ: ['T', 'T'],
  Υ: ['Y', 'Y'],
  Φ: ['F', 'F'],
  Χ: ['CH', 'CH'],
  Ψ: ['PS', 'PS'],
  Ω: ['O', 'O'],
};

/**
 * Cyrillic letters. `byCountry` is Bulgaria's transliteration act of 2009. Й is missing, because folding has replaced
 * it by И. Letters of other languages follow the rules for passports.
 */
const cyrillic: Spellings = {
  КС: ['KS', 'X'],
  А: ['A', 'A'],
  Б: ['B', 'B'],
  В: ['V', 'V'],
  Г: ['G', 'G'],
  Ґ: ['G', 'G'],
  Д: ['D', 'D'],
  Ђ: ['DJ', 'DJ'],
  Е: ['E', 'E'],
  Є: ['IE', 'E'],
  Ж: ['ZH', 'J'],
  З: ['Z', 'Z'],
  Ѕ: ['DZ', 'DZ'],
  И: ['I', 'I'],
  І: ['I', 'I'],
  Ј: ['J', 'J'],
  К: ['K', 'C'],
  Л: ['L', 'L'],
  Љ: ['LJ', 'LJ'],
  М: ['M', 'M'],
  Н: ['N', 'N'],
  Њ: ['NJ', 'NJ'],
  О: ['O', 'O'],
  П: ['P', 'P'],
  Р: ['R', 'R'],
  С: ['S', 'S'],
  Т: ['T', 'T'],
  Ћ: ['C', 'C'],
  У: ['U', 'U'],
  Ф: ['F', 'F'],
  Х: ['H', 'CH'],
  Ц: ['TS', 'C'],
  Ч: ['CH', 'CH'],
  Џ: ['DZ', 'DZ'],
  Ш: ['SH', 'SH'],
  Щ: ['SHT', 'SHT'],
  Ъ: ['A', 'A'],
  Ы: ['Y', 'I'],
  Ь: ['Y', ''],
  Э: ['E', 'E'],
  Ю: ['YU', 'U'],
  Я: ['YA', 'IA'],
};

const spellings: Spellings = { ...greek, ...cyrillic };
/** Matches the letters in the tables. Pairs of letters are tried before single letters. */
const spelled = new RegExp(Object.keys(spellings).join('|'), 'g');

const greekLetterNames: Readonly<Record<string, string>> = {
  Α: 'ALPHA',
  Β: 'BETA',
  Γ: 'GAMMA',
  Δ: 'DELTA',
  Ε: 'EPSILON',
  Ζ: 'ZETA',
  Κ: 'KAPPA',
  Λ: 'LAMBDA',
  Σ: 'SIGMA',
  Τ: 'TAU',
  Ω: 'OMEGA',
};

export type Script = 'latin' | 'greek' | 'cyrillic';

/**
 * Returns the script of a word. If a word mixes scripts, returns the one that is not Latin. An unknown script counts
 * as Latin.
 */
export function scriptOf(word: string): Script {
  const other = /[\u0370-\u052F]/.exec(word)?.[0];
  if (other === undefined) return 'latin';
  return other < '\u0400' ? 'greek' : 'cyrillic';
}

/**
 * Minimum number of letters of a Greek word that is converted. Shorter words are articles or units, and units could
 * become other units, such as μγ.
 */
const shortestGreek = 3;

/**
 * Returns the Latin forms of a folded Greek or Cyrillic word: by its country's rules, and as in international names of
 * medicines. Empty for a word in Latin letters.
 */
export function latinForms(word: string): readonly string[] {
  const script = scriptOf(word);
  if (script === 'latin' || (script === 'greek' && word.length < shortestGreek)) return [];
  const byCountry = word
    .replace(/^ΜΠ/, 'B')
    .replaceAll(/([ΑΕ])Υ(?=[ΘΚΞΠΣΤΦΧΨ]|$)/g, '$1Φ')
    .replaceAll(/([ΑΕ])Υ/g, '$1Β');
  // Greek has no letter h: the Greek word for hydrochloric begins with ydro.
  const international = word.replace(/^Υ/, 'HΥ').replaceAll(/([ΑΕ])Υ/g, '$1U');
  return [...new Set([inLatin(byCountry, 0), inLatin(international, 1)])].filter((form) => form !== '');
}

function inLatin(word: string, way: 0 | 1): string {
  return word.replaceAll(spelled, (letters) => spellings[letters]?.[way] ?? letters);
}

/**
 * Returns the name of a Greek letter, such as BETA for the β in interferon β. Any other text is returned unchanged.
 */
export function greekLetterName(letter: string): string {
  return greekLetterNames[letter] ?? letter;
}
