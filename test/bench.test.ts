/** Each benchmark runs once, as briefly as possible: it must still compare equal results, and print figures. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

describe('the benchmark', () => {
  it('compares the service with a minimal server only if both give equal answers after the same upstream requests', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
    const output = join(folder, 'results.md');
    const brief = ['--rounds', '1', '--slice', '10', '--warm-up', '10'];
    try {
      await run(process.execPath, [
        'bench/run.mjs',
        ...brief,
        '--only',
        'first,again,one,whole,elements,price',
        '--output',
        output,
      ]);
      const told = readFileSync(output, 'utf8');
      const rows = told.split('\n').filter((line) => /\*\*\d+\.\d\d\*\*/.test(line));
      expect(rows.length).toBeGreaterThanOrEqual(30);
      expect(told).toContain('3152 fields');
      const headings = told.split('\n').filter((line) => line.startsWith('## '));
      // The heading of a measurement without the default settings names the changed settings.
      expect(headings.filter((line) => !/\((default settings|(`[A-Z_]+=\w+`(, )?)+)\)$/.test(line))).toEqual(
        [],
      );
      expect(headings.slice(0, 8)).toEqual(headings.filter((line) => line.endsWith('(default settings)')));
      for (const what of [process.cwd(), tmpdir()]) expect(told).not.toContain(what);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('lists the functions that use most processor time', async () => {
    const { stdout } = await run(process.execPath, ['bench/profile.mjs', 'lean', 'one', '1', '5', '0.2']);
    expect(stdout).toMatch(/\d+ answers, [\d.]+ ms of the main thread each/);
    expect(
      stdout.split('\n').filter((line) => / ms \| [\d.]+ % \|$/.test(line)).length,
    ).toBeGreaterThanOrEqual(6);
  });
});
