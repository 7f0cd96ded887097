/**
 * Converts numbers of registers to a common spelling. Records and people write them with or without spaces and
 * suffixes, in upper or lower case.
 */

/** Converts a number to a common spelling, so that all its notations are equal. */
export function foldNumber(number: string): string {
  return number.replaceAll(/\s+/gu, '').toUpperCase();
}

/**
 * Converts a procedure number to a common spelling. The suffix of the first step, as in `EMEA/H/C/006152/0000`, is
 * optional.
 */
export function foldProcedure(number: string): string {
  return foldNumber(number).replace(/\/0000$/, '');
}

/**
 * Whether a number belongs to a later step of a procedure: `EMEA/H/C/001234/II/0012`, `SE/H/0123/001/IB/012/G`.
 * Records usually state the number of the whole procedure.
 */
export function isLaterProcedure(number: string): boolean {
  return earlierProceduresOf(number).length > 0;
}

/** Returns the numbers of the procedures that a number may be a later step of, the longest first. */
export function earlierProceduresOf(number: string): readonly string[] {
  const folded = foldProcedure(number);
  const [, first] =
    /^(EMEA\/[A-Z]\/[A-Z]+\/\d+|[A-Z]{2}\/H\/\d+\/[\d-]+(?:\/(?:DC|MR|RUP))?)\//.exec(folded) ?? [];
  if (first === undefined || /\/(?:DC|MR|RUP)$/.test(folded)) return [];
  const steps = folded.slice(first.length + 1).split('/');
  return steps.map((_, at) => [first, ...steps.slice(0, at)].join('/')).toReversed();
}

/**
 * Returns the notations of a number that records may use. They are needed because upstreams compare numbers character
 * by character.
 */
export function spellingsOf(number: string): readonly string[] {
  const given = number.trim();
  const bare = given.replaceAll(/\s+/gu, '');
  const spaced = [
    bare,
    given.replaceAll(/\s+/gu, ' '),
    // `PL 17780/0123`
    bare.replace(/^(\p{L}+)(?=\d)/u, '$1 '),
    // `34009 301 234 5`, as France groups the digits
    bare.replace(/^(34009)(\d{3})(\d{3})(\d)(?!\d)/, '$1 $2 $3 $4'),
    bare.replaceAll(/\/(?=\d)/g, '/ '),
    bare.replaceAll(/\/(?=\d)/g, ' / '),
  ];
  const cased = spaced.flatMap((each) => [each, each.toUpperCase(), each.toLowerCase()]);
  return [...new Set(cased.flatMap((each) => [each, ` ${each} `]))];
}

export function procedureSpellingsOf(number: string): readonly string[] {
  const first = number.trim().replace(/\s*\/\s*0000$/, '');
  const whole = [...new Set([first, `${first}/0000`].flatMap(spellingsOf))];
  return [...new Set([...whole, ...earlierProceduresOf(number)])];
}

/** Whether a number has the form of EMA's product ids. No other number has this form. */
export function isPmsId(number: string): boolean {
  return /^[67]\d{11}$/.test(number.trim());
}
