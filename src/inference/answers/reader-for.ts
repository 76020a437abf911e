import type { ModelOutput } from '../model-output.js';
import type { AnswerReader } from './answer-reader.js';
import { heatMapAnswer } from './heat-map-answer.js';
import { jointsAnswer } from './joints-answer.js';
import { pointAnswer } from './point-answer.js';
import { verdictAnswer } from './verdict-answer.js';

/** The reader for what a manifest says that its network answers. */
export function readerFor(output: ModelOutput): AnswerReader {
  switch (output.kind) {
    case 'gaussian':
      return heatMapAnswer(output);
    case 'joints':
      return jointsAnswer();
    case 'point':
      return pointAnswer();
    case 'verdict':
      return verdictAnswer();
  }
}
