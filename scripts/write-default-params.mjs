#!/usr/bin/env node
/** Write launch/params/default.params.yaml: every setting with its default, as a ROS 2 parameter file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { formatConfig, trackerConfig } from '../dist/pipeline/index.js';

mkdirSync('launch/params', { recursive: true });
writeFileSync('launch/params/default.params.yaml', formatConfig(trackerConfig()));
