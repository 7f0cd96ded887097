/** Parses the shell commands in the documentation without running a shell. */

/** Returns the commands of a block. A line that ends with `\` continues, `&&` separates commands, `#` begins a comment. */
export function commandsIn(text: string): readonly (readonly string[])[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .flatMap((line) => partsOf(wordsOf(line)));
}

function partsOf(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.indexOf('&&');
  return at < 0 ? [words] : [words.slice(0, at), ...partsOf(words.slice(at + 1))];
}

const word = /(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g;

/** Splits a line into words like a shell, and removes quotes. @throws if a quote does not end */
function wordsOf(line: string): readonly string[] {
  if (line.replaceAll(word, '').trim() !== '') throw new SyntaxError(`a quote does not end: ${line}`);
  return [...line.matchAll(word)].map(([each]) =>
    each.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, plain?: string, double?: string) =>
      plain === undefined ? (double ?? '').replaceAll(/\\(["\\$`])/g, '$1') : plain,
    ),
  );
}

export interface CurlCall {
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: string | undefined;
}

/** @param words the words after `curl`. @throws for an unsupported option */
export function curlOf(words: readonly string[]): CurlCall {
  const headers: string[] = [];
  let [url, body]: (string | undefined)[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '-H') headers.push(words[(at += 1)] ?? '');
    else if (word === '-d') body = words[(at += 1)];
    else if (word.startsWith('-')) throw new SyntaxError(`curl ${word}`);
    else url = word;
  }
  return { url: url ?? '', headers, body };
}
