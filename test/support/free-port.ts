/** Free ports, for programs that need one before they start. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** From here on the system hands out ports by itself, on Linux, macOS and Windows. */
const ephemeral = 32_768;
const lowest = 20_000;

/**
 * A port of 127.0.0.1 at which nobody listens. It lies below those that the system gives to connections, so nobody has
 * it by chance when it is used.
 */
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
