/** Folds text the way the sandbox's searches compare it. */

/** Lower case without accents: `Kéfzälin` and `KEFZALIN` become the same, and so do `Straße` and `STRASSE`. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().toUpperCase().toLowerCase();
}

/** Splits at the separators that no backslash protects; the escapes stay in the parts. */
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

/** Undoes the search escapes `\,` `\|` `\$` `\\`; any other backslash stands for itself. */
export function unescapeSearch(text: string): string {
  return text.replace(/\\([,|$\\])/g, '$1');
}
