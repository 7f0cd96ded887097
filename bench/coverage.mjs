/**
 * Counts the functions that a service enters, when it is started with `node --import` of this file. Each SIGUSR2 writes one line
 * `entered <JSON>`: the own files and functions entered since the signal before. V8 counts exactly, so that nothing varies from run
 * to run.
 */
import { readFileSync } from 'node:fs';
import inspector from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../dist/', import.meta.url).href;
const session = new inspector.Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

process.on('SIGUSR2', async () => {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = result
    .filter(({ url }) => url.startsWith(root) && url !== import.meta.url)
    .map(({ url, functions }) => ({ file: url.slice(root.length), functions: enteredIn(url, functions) }))
    .filter(({ functions }) => functions.length > 0);
  process.stdout.write(`entered ${JSON.stringify(files)}\n`);
});

/** Returns the name, the line and the number of calls of each function that ran. The module itself is none. */
function enteredIn(url, functions) {
  const text = readFileSync(fileURLToPath(url), 'utf8');
  return functions
    .map(({ functionName, ranges: [{ startOffset, count }] }) => ({ functionName, startOffset, count }))
    .filter(({ startOffset, count }) => count > 0 && startOffset > 0)
    .map(({ functionName, startOffset, count }) => ({
      name: functionName || 'anonymous',
      line: text.slice(0, startOffset).split('\n').length,
      calls: count,
    }));
}
