export * from './colors.js';
export * from './errors.js';
export * from './file-keys.js';
export * from './hand-joints.js';
export * from './joint-lines.js';
export * from './skeleton.js';
export * from './unchecked-hand.js';
