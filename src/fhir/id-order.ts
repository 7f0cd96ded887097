/** Compares ids so that runs of digits sort as numbers. */

const digitRuns = /(\d+)/;

/** Compares two ids, or two record keys of the same type. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  if (endAlike(a, b)) return compareText(a, b);
  const [left, right] = [a.split(digitRuns), b.split(digitRuns)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference =
      at % 2 ? compareDigits(left[at] ?? '', right[at] ?? '') : compareText(left[at] ?? '', right[at] ?? '');
    if (difference !== 0) return difference;
  }
  return left.length - right.length || compareText(a, b);
}

/**
 * Whether two ids differ only within one run of digits of equal length. Then comparing them as texts gives the same
 * order.
 */
function endAlike(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  for (; at < a.length; at += 1) if (!isDigit(a.charCodeAt(at)) || !isDigit(b.charCodeAt(at))) return false;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/**
 * Compares by length, then digit by digit, because a run of digits may exceed the exact range of JavaScript numbers.
 */
function compareDigits(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareText(left, right);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
