// For: typed errors with a stable code, texts of errors, the spelling and description of settings.
// In and out: plain values in; `VoxhandError`, lines of text and setting descriptions out.
// Must not know: any other folder.

export { didYouMean } from './did-you-mean.js';
export { fromFileKey, isTree, setValue, type Tree, toFileKey } from './file-keys.js';
export { ERROR_CODES, type ErrorCode, inWords, toVoxhandError, VoxhandError, writeFailed } from './voxhand-error.js';
