/** Viewers within an HTTP application: Foxglove and Lichtblick connect to ws://localhost:8080/hands. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { loadConfig, trackTo } from 'voxhand';
import { createFoxgloveServer } from 'voxhand/foxglove';
import { mcapBus } from 'voxhand/mcap';

const http = createServer((_request, response) => response.end('the application\n'));
http.listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
await once(http, 'listening');

const viewers = await createFoxgloveServer({ server: http, path: '/hands' });
console.log(`waiting for a viewer at ${viewers.urls.socket}`);
await new Promise((resolve) => viewers.onEvent(({ kind }) => kind === 'connected' && resolve(undefined)));

// a recording stands in for a camera; what is tracked goes to whoever looks at it
const bus = await mcapBus('recordings/demo.mcap', { output: viewers });
await trackTo(bus, await loadConfig());
http.close();
