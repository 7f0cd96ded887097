/** Writes settings into the text of a `.env` file, so that `readConfig` reads exactly these values from it. */
import { parseEnv } from 'node:util';

/**
 * Thrown if a value cannot be written in any quotation of a `.env` file, or if changing the settings would also
 * change other settings.
 */
export class NotWritable extends Error {
  override readonly name = 'NotWritable';
  /** The name of the setting; undefined if the problem concerns the whole text. */
  readonly setting: string | undefined;

  constructor(setting?: string) {
    super('This value cannot be written into a .env file.');
    this.setting = setting;
  }
}

/**
 * Returns the line `NAME=value`. Programs differ in what they allow in a value without quotation marks, so all but
 * the simplest values are quoted. The line is parsed again to check it.
 * @throws NotWritable
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
 * Returns the text with the settings. Each replaces its old line, or is added at the end. All other lines remain
 * unchanged.
 * @param dropped settings whose lines are removed
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
