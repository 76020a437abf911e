#!/usr/bin/env node
/** Write what is generated from the settings' schema: launch/params/default.params.yaml and the tables in docs/configuration.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { defaultParameterFile, parameterTables } from '../dist/tracking/parameter-documents.js';

const document = 'docs/configuration.md';
const marked = /(<!-- settings: [^\n]* -->\n)[\s\S]*?(<!-- \/settings -->)/;

writeFileSync('launch/params/default.params.yaml', defaultParameterFile());
writeFileSync(
  document,
  readFileSync(document, 'utf8').replace(marked, (_, from, to) => `${from}\n${parameterTables()}\n\n${to}`),
);
