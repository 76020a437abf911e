export { fromFileKey, type SettingIssue, settingProblems, toFileKey } from './file-keys.js';
export { ERROR_CODES, type ErrorCode, type ErrorDetail, toVoxhandError, VoxhandError } from './voxhand-error.js';
