/** Coded values: which match a filter, and which leave the match undecided. */
import { describe, expect, it } from 'vitest';
import { codingsOrText, isCoded } from '../../src/facts/concepts.js';
import { anyOf } from '../../src/facts/verdict.js';
import { brief, inWords, titled } from '../support/titles.js';

const valid = { system: 'http://spor.ema.europa.eu/v1/lists/100000072049', code: '100000072099' };

describe('the filter value', () => {
  it.each(
    titled(
      [
        [{ coding: [valid] }, ['100000072099'], true],
        [{ coding: [valid] }, ['100000072121'], false],
        [{ coding: [{ ...valid, code: ' 100000072099 ' }] }, ['100000072099'], true],
        [{ coding: [{ system: 'https://lists.example/other', code: '1' }] }, ['100000072099'], false],
        // A record with only a text is undecided for a code, and is compared with a text.
        [{ text: 'As the agency has it on file' }, ['100000072099'], undefined],
        [{ text: 'Subject to monitoring' }, ['Subject to monitoring'], true],
        [{ text: 'Subject to monitoring' }, ['Not subject to monitoring'], false],
        [{ coding: [{ display: 'Valid' }] }, ['100000072099'], undefined],
        [{ coding: [{ display: 'Valid' }] }, ['Valid'], true],
        // The element exists but is empty.
        [{}, ['100000072099'], undefined],
        [{ coding: [{}] }, ['Valid'], undefined],
        [undefined, ['100000072099'], false],
      ],
      (concept, asked, verdict) =>
        `${brief(asked)} ${inWords(verdict, 'matches', 'does not match', 'is undecided for')} the element ${brief(concept)}`,
    ),
  )('%s', (_title, concept, asked, verdict) => {
    expect(anyOf(codingsOrText(concept).map(isCoded(asked)))).toBe(verdict);
  });
});
