import type { Config } from '../../../config/config.ts';
import type { Db } from '../../db/database.ts';
import { classifierHealth } from '../../modules/classifier/index.ts';
import { ask } from './ask.ts';
import { type Finding, fault, fine, warning, wordsOf } from './finding.ts';

/** Looks whether the service answers that says what videos show: set in the environment, or by the staff. */
export async function checkClassifier(
  db: Db,
  { classifier }: Pick<Config, 'classifier'>,
): Promise<Finding[]> {
  const url =
    classifier.url ?? (await db('settings').where({ name: 'CLASSIFIER_URL' }).first('value'))?.value;
  if (!url) return [fine('classifier', 'No classifier is set up.')];
  const fix =
    'Start it, or set CLASSIFIER_URL anew; vireo classifier test says more. See docs/classifier.md.';
  try {
    await ask(url);
  } catch (error) {
    const { waiting } = await classifierHealth(db);
    const what = `The classifier does not answer: ${wordsOf(error)}. Videos that wait for it: ${waiting}.`;
    return [fault('classifier-unreachable', what, fix)];
  }
  const { failure } = await classifierHealth(db);
  if (failure !== null) return [warning('classifier-failing', `The last question failed. ${failure}`, fix)];
  return [fine('classifier', 'The classifier can be reached.')];
}
