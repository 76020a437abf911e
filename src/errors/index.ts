export { didYouMean } from './did-you-mean.js';
export {
  fromFileKey,
  isTree,
  type SettingIssue,
  settingProblems,
  setValue,
  type Tree,
  toFileKey,
} from './file-keys.js';
export { ERROR_CODES, type ErrorCode, type ErrorDetail, toVoxhandError, VoxhandError } from './voxhand-error.js';
