/**
 * Starts the service, sends it a query and stops it, in a network namespace without any route. Prints a line of JSON: the
 * answer, the exit, and the number of packets without a route.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const env = {
  PATH: process.env.PATH,
  PORT: '0',
  SHUTDOWN_DELAY: '0',
  ...JSON.parse(process.argv[2] ?? '{}'),
};
const child = spawn(process.execPath, ['dist/pms-graphql.js', 'serve'], { env });
let output = '';
child.stdout.on('data', (chunk) => (output += chunk));
child.stderr.on('data', (chunk) => (output += chunk));
const origin = await new Promise((resolve) => {
  child.stdout.on('data', () => {
    const found = /GraphQL at (http:\S+)\/graphql/.exec(output)?.[1];
    if (found) resolve(found);
  });
  child.once('exit', () => resolve(undefined));
});
const answer = origin === undefined ? output : await ask();
const ended = child.exitCode === null ? once(child, 'exit') : [child.exitCode];
child.kill('SIGTERM');
const [exitCode] = await ended;
process.stdout.write(`${JSON.stringify({ answer, exitCode, unroutable: unroutable() })}\n`);

async function ask() {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ products(first: 1) { nodes { name } } }' }),
  });
  return response.json();
}

function unroutable() {
  const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('OutNoRoutes')]);
}
