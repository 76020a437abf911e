#!/usr/bin/env node
import { run } from './program.js';

// A reader that has had enough (`voxhand info x.mcap | head -1`) is no error, and work goes on without it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2));
