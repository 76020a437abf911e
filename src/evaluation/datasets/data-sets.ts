import type { DataSet, DataSetName } from './data-set.js';
import { fphab, hands17, hands19 } from './hands.js';
import { icvl } from './icvl.js';
import { msra } from './msra.js';
import { nyu } from './nyu.js';

/** The published data sets that we read. */
export const DATA_SETS: Readonly<Record<DataSetName, DataSet>> = { icvl, nyu, msra, hands17, hands19, fphab };
