#!/usr/bin/env node
/** Write launch/params/default.params.yaml: every setting with its default, as a ROS 2 parameter file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { trackerConfig } from '../dist/tracking/config.js';
import { formatConfig } from '../dist/tracking/config-file.js';

mkdirSync('launch/params', { recursive: true });
writeFileSync('launch/params/default.params.yaml', formatConfig(trackerConfig()));
