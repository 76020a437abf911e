export * from './errors.js';
export * from './hand-joints.js';
export * from './skeleton.js';
