export { loadPrior, loadPriors, PACKAGED_PRIORS } from './load-prior.js';
