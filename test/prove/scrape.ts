/** Reads a value out of `/metrics`. */

/** @param text in Prometheus' format @returns NaN where there is no such series */
export function gauge(text: string, series: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? Number.NaN);
}
