/** The sandbox shares no code with the service, so that a fault in one cannot hide in the other. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../src/sandbox');

test('the source of the sandbox imports only its own files, Node modules and FHIR types', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const foreign = files.flatMap((file) => {
    const imports = readFileSync(join(root, file), 'utf8').matchAll(/from '([^']+)'/g);
    return [...imports].flatMap(([, from = '']) => (isOwn(file, from) ? [] : `${file}: ${from}`));
  });
  expect(files.length).toBeGreaterThan(20);
  expect(foreign).toEqual([]);
});

function isOwn(file: string, from: string): boolean {
  if (from.startsWith('node:') || from === 'fhir/r5.js') return true;
  return from.startsWith('.') && !relative(root, resolve(root, file, '..', from)).startsWith('..');
}
