/** Writes settings into the text of a `.env` so that `readConfig` gives back exactly what was written. */
import { parseEnv } from 'node:util';

/** A value that no form of a `.env` can hold, or a text that cannot be changed without changing more. */
export class NotWritable extends Error {
  override readonly name = 'NotWritable';
  /** Undefined where it is the text as a whole. */
  readonly setting: string | undefined;

  constructor(setting?: string) {
    super('It cannot be written into a .env.');
    this.setting = setting;
  }
}

/**
 * One line. What a bare value may be differs from reader to reader, so anything but the plainest is quoted; each form is
 * read back before it is taken. @throws NotWritable
 */
export function dotenvLine(name: string, value: string): string {
  const isPlain = /^[\w.~:/@%+-]+$/.test(value);
  const forms = isPlain ? [value] : [`'${value}'`, `"${value}"`, `\`${value}\``];
  for (const form of forms) {
    const line = `${name}=${form}`;
    const read = parseEnv(`${line}\nNEXT=1\n`);
    if (read[name] === value && read['NEXT'] === '1' && Object.keys(read).length === 2) return line;
  }
  throw new NotWritable(name);
}

/**
 * The text with these settings, each in the place where it stood, or at the end; everything else stays.
 * @param dropped settings that must not be left beside them
 * @throws NotWritable
 */
export function withSettings(
  text: string,
  settings: Readonly<Record<string, string>>,
  dropped: readonly string[] = [],
): string {
  const lines = new Map(Object.entries(settings).map(([name, value]) => [name, dotenvLine(name, value)]));
  const written = new Set<string>();
  const changed = text.replaceAll(
    /^[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)[^\S\n]*=[^\S\n]*(?:'[^']*'|"[^"]*"|`[^`]*`)?[^\n]*(?:\n|$(?![^]))/gm,
    (assignment: string, name: string) => {
      if (dropped.includes(name)) return '';
      const line = lines.get(name);
      if (line === undefined) return assignment;
      if (written.has(name)) return '';
      written.add(name);
      return `${line}\n`;
    },
  );
  const added = [...lines].flatMap(([name, line]) => (written.has(name) ? [] : [line]));
  const whole = changed === '' || changed.endsWith('\n') ? changed : `${changed}\n`;
  const result = added.length === 0 ? whole : `${whole}${added.join('\n')}\n`;
  if (!isAsMeant(text, result, settings, dropped)) throw new NotWritable();
  return result;
}

function isAsMeant(
  before: string,
  after: string,
  settings: Readonly<Record<string, string>>,
  dropped: readonly string[],
): boolean {
  const kept = Object.entries(parseEnv(before)).filter(([name]) => !dropped.includes(name));
  const meant = { ...Object.fromEntries(kept), ...settings };
  const read = parseEnv(after);
  return (
    Object.keys(read).length === Object.keys(meant).length &&
    Object.entries(meant).every(([name, value]) => read[name] === value)
  );
}
