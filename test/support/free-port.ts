/** Free ports, for programs that need one before they start. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** From this port on, Linux, macOS and Windows assign ports themselves. */
const ephemeral = 32_768;
const lowest = 20_000;

/** Returns a free port of 127.0.0.1. It is below the ports that the system assigns, so no connection takes it before it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (ephemeral - lowest));
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
