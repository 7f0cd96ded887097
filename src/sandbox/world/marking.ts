/** The `meta` of every resource of the sandbox: a tag for sample data, a version and a date. */

import type { Meta } from 'fhir/r5.js';

const FIRST_DAY = Date.UTC(2024, 0, 8, 6);
const DAY = 86_400_000;

/** @param number chooses version and date */
export function sampleMeta(number: number): Meta {
  return {
    versionId: String(1 + (number % 5)),
    lastUpdated: new Date(FIRST_DAY + ((number * 7919) % 900) * DAY + (number % 1440) * 60_000).toISOString(),
    tag: [
      {
        system: 'https://pms-graphql.example/sandbox',
        code: 'sample',
        display: 'Sample data, not for clinical use',
      },
    ],
  };
}
