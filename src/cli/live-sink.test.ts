import { expect, it } from 'vitest';
import { openLiveSink } from './live-sink.js';
import { Terminal } from './terminal.js';

it('the page that is opened is the one that was asked for, with the token of the server', async () => {
  const opened: string[] = [];
  const terminal = new Terminal({ quiet: true });
  const how = { name: 'cell', begin: 0n, end: 1n, speed: 1, hasTransforms: false };
  const server = { port: 0, token: '0123456789abcdef' };
  const onPage = (url: string) => opened.push(url);
  for (const page of [undefined, 'contactless.html']) {
    const sink = await openLiveSink('serve', { ...how, server, ...(page && { page }), onPage }, terminal);
    await sink.close();
  }
  expect(opened).toEqual([
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?token=0123456789abcdef$/),
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/contactless\.html\?token=0123456789abcdef$/),
  ]);
});
