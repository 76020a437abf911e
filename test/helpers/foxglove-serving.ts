import { afterEach } from 'vitest';
import { createFoxgloveServer, type FoxgloveServer } from '../../src/transport/foxglove/server/foxglove-server.js';
import type { FoxgloveServerOptions } from '../../src/transport/foxglove/server/options.js';

/** For the tests of one file: servers on free ports, closed after each test with whatever else `ends` is given, last first. */
export function serving() {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return {
    ends,
    async serve(options: FoxgloveServerOptions = {}): Promise<FoxgloveServer> {
      const server = await createFoxgloveServer({ port: 0, ...options });
      ends.push(() => server.close());
      return server;
    },
  };
}
