/** Reads the date on which a client secret expires. The date has the format of EMA's e-mail, or of ISO 8601. */

/**
 * Returns the earliest time that the text can mean, so that no warning comes too late. Undefined if the text is not a
 * date.
 */
export function parseExpiry(text: string): Date | undefined {
  return expiryReadings(text)[0];
}

/**
 * Returns all times that a date can mean, the earliest first. A date in ISO 8601 has one meaning. In EMA's e-mails,
 * the order of day and month is ambiguous. A time without a zone is read as UTC.
 */
export function expiryReadings(text: string): readonly Date[] {
  const mailed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?))?$/.exec(text.trim());
  if (mailed === null) return [parseIsoDate(text.trim())].filter((date) => date !== undefined);
  const [, first = '', second = '', year = '', time = '0:00'] = mailed;
  const orders = new Set([`${first}-${second}`, `${second}-${first}`]);
  return [...orders]
    .flatMap((monthDay) => parseIsoDate(padded(`${year}-${monthDay} ${time}`)) ?? [])
    .sort((one, other) => one.getTime() - other.getTime());
}

function padded(text: string): string {
  return text.replaceAll(/\b\d\b/g, '0$&');
}

function parseIsoDate(text: string): Date | undefined {
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (parts === null) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = parts;
  // The day is compared, because JavaScript converts 30 February to 2 March.
  const isDay = new Date(`${day}T00:00Z`).getUTCDate() === Number(day.slice(-2));
  const date = new Date(`${day}T${time}${zone}`);
  return isDay && !Number.isNaN(date.getTime()) ? date : undefined;
}
