import { describe, expect, it } from 'vitest';
import { isAtcGroup, isAtcSubstance, isInAtcGroup } from '../../src/terms/atc.js';
import { titled } from '../support/titles.js';

describe('an ATC code', () => {
  it.each([
    ['C', 'group'],
    ['C09', 'group'],
    ['C09A', 'group'],
    ['C09AA', 'group'],
    ['C09AA02', 'substance'],
    ['C0', 'neither'],
    ['C09AA0', 'neither'],
    ['100000093533', 'neither'],
    ['', 'neither'],
  ])('"%s" is the code of a group or a substance: %s', (code, level) => {
    const found = isAtcGroup(code) ? 'group' : isAtcSubstance(code) ? 'substance' : 'neither';
    expect(found).toBe(level);
    expect(isAtcGroup(code) && isAtcSubstance(code)).toBe(false);
  });

  it.each(
    titled(
      [
        ['C09AA02', 'C', true],
        ['C09AA02', 'C09AA', true],
        ['C09', 'C', true],
        ['C09AA02', 'C08', false],
        // A code of EMA's list is not an ATC code, and the code of a substance is not a group.
        ['100000093533', '1', false],
        ['C09AA02', 'C09AA02', false],
      ],
      (code, group, isIn) => `${code} ${isIn ? 'belongs' : 'does not belong'} to the group ${group}`,
    ),
  )('%s', (_title, code, group, isIn) => {
    expect(isInAtcGroup(code, group)).toBe(isIn);
  });
});
