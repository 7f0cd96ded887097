/** Shared by the servers: their command line, and the line of output that gives the URL. */
import { createServer } from 'node:http';

/** The command line: `node <server>.mjs <upstream> [variant]`. */
export const [upstream, variant] = process.argv.slice(2);

export function announce(url) {
  process.stdout.write(`ready ${url}\n`);
}

/** Listens on a free port. */
export async function listen(handler, path = '/graphql') {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  announce(`http://127.0.0.1:${server.address().port}${path}`);
  return server;
}
