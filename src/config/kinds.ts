/** The types of setting values. Each type describes the valid texts, and checks whether a text is valid. */
import { existsSync, statSync } from 'node:fs';
import { isSafeBase, isSafeTransport } from '../fhir/base-url.js';
import { parseSealKeys } from '../store/seal.js';
import { parseExpiry } from './expiry.js';

export interface Kind {
  /** A description of the valid values, used in error messages and in docs/settings.md. */
  readonly is: string;
  isRight(text: string): boolean;
}

export const anyText: Kind = { is: 'any text', isRight: () => true };
export const host: Kind = {
  is: 'a host name or an IP address',
  isRight: (text) => /^[\w.:-]+$/.test(text),
};
export const baseUrl: Kind = {
  is: 'an https URL (http on loopback) without credentials, query or fragment',
  isRight: isUrl(isSafeBase),
};
export const endpointUrl: Kind = {
  is: 'an https URL (http on loopback) without credentials',
  isRight: isUrl(isSafeEndpoint),
};
export const fileOrUrl: Kind = {
  is: 'a file, or an https URL (http on loopback) without credentials',
  isRight: isFileOrUrl,
};
export const expiryDate: Kind = {
  is: 'a date as mailed, 08/15/2027 11:29:14, or as in ISO 8601',
  isRight: (text) => parseExpiry(text) !== undefined,
};
export const trueOrFalse: Kind = {
  is: 'true or false',
  isRight: (text) => /^(true|false)$/i.test(text),
};
export const autoOrOff: Kind = { is: 'auto or off', isRight: (text) => text === 'auto' || text === 'off' };
export const autoOnOrOff: Kind = {
  is: 'auto, on or off',
  isRight: (text) => ['auto', 'on', 'off'].includes(text),
};
export const seconds: Kind = {
  is: 'a number of seconds from 0.1 to 600',
  isRight: (text) => /^\d+(\.\d+)?$/.test(text) && isBetween(Number(text), 0.1, 600),
};
export const share: Kind = {
  is: 'a number above 0, and at most 1',
  isRight: (text) => /^\d*\.?\d+$/.test(text) && Number(text) > 0 && Number(text) <= 1,
};
export const redisUrls: Kind = {
  is: 'a URL that begins with redis:// or rediss://, or the URLs of several nodes of a cluster, separated by commas',
  isRight: (text) =>
    text
      .split(',')
      .every((url) => URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol)),
};
export const sealKeys: Kind = {
  is: 'keyid:base64 of 32 bytes, or several such keys with different ids, separated by commas',
  isRight: (text) => parseSealKeys(text) !== undefined,
};
export const origins: Kind = {
  is: 'origins such as https://app.example, separated by commas, or *',
  isRight: (text) => listOf(text).every(isOrigin),
};
export const folder: Kind = {
  is: 'a folder, or a path where a folder can be created',
  isRight: isFolderOrNothing,
};
export const fileOrFolder: Kind = {
  is: 'a file or a folder that exists',
  isRight: (text) => existsSync(text),
};
export const indexUrl: Kind = {
  is: 'sqlite: and the path of a file, or a URL that begins with postgres:// or postgresql:// and names a host and a database',
  isRight: (text) => /^sqlite:\S/.test(text) || isPostgresUrl(text),
};

/** Whether a text is the URL of a PostgreSQL database. */
export function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host, pathname } = new URL(text);
  return ['postgres:', 'postgresql:'].includes(protocol) && host !== '' && /^\/[^/]+$/.test(pathname);
}

export function oneOf(values: readonly string[]): Kind {
  return { is: `one of ${values.join(', ')}`, isRight: (text) => values.includes(text) };
}

/** @param of the unit: `seconds`, `bytes`. Undefined for a plain number */
export function whole(least: number, most: number, of?: string): Kind {
  return {
    is: `a whole number ${of === undefined ? '' : `of ${of} `}from ${least} to ${most}`,
    isRight: (text) => /^\d{1,12}$/.test(text) && isBetween(Number(text), least, most),
  };
}

/** Reads the value of a setting that is `true` or `false`. */
export function isTrue(text: string): boolean {
  return text.toLowerCase() === 'true';
}

/** Splits the value of a setting at its commas. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function isUrl(isSafe: (url: URL) => boolean): (text: string) => boolean {
  return (text) => URL.canParse(text) && isSafe(new URL(text));
}

function isSafeEndpoint(url: URL): boolean {
  return isSafeTransport(url) && url.username === '' && url.password === '';
}

function isFileOrUrl(text: string): boolean {
  return /^[a-z][a-z+.-]+:\/\//i.test(text) ? isUrl(isSafeEndpoint)(text) : existsSync(text);
}

function isFolderOrNothing(text: string): boolean {
  try {
    return statSync(text, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch {
    return false;
  }
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}
