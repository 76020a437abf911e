export {
  type ImportDataSetOptions,
  type ImportDataSetSummary,
  importDataSet,
} from './import-data-set.js';
