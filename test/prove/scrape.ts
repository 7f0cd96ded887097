/** Reads a value from the text of `/metrics`. */

/** @param text text in Prometheus' format @returns NaN if the series does not exist */
export function gauge(text: string, series: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? Number.NaN);
}
