/** Converts texts to a common spelling, and splits them, for the comparisons of a search. */

/** Returns the text in lower case without accents: `Kéfzälin` equals `KEFZALIN`, and `Straße` equals `STRASSE`. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().toUpperCase().toLowerCase();
}

/** Splits at the separators that are not escaped by a backslash. The parts keep their escapes. */
export function splitUnescaped(text: string, separator: ',' | '|'): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === separator) {
      parts.push('');
      continue;
    }
    const taken = character === '\\' ? text.slice(at, at + 2) : character;
    parts[parts.length - 1] += taken;
    at += taken.length - 1;
  }
  return parts;
}

/** Replaces the escapes `\,` `\|` `\$` `\\` of a search value by the escaped character. Other backslashes remain. */
export function unescapeSearch(text: string): string {
  return text.replace(/\\([,|$\\])/g, '$1');
}
