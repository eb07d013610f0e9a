import type { BackupRun } from '../../api/schema.gen.ts';
import type { Tone } from '../parts/badge.tsx';
import type { Kind } from './calls.ts';
import { say } from './say.ts';

export const kindNames: Readonly<Record<Kind, string>> = {
  create: say('kindCreate'),
  verify: say('kindVerify'),
  rehearse: say('kindRehearse'),
};

export const stateNames: Readonly<
  Record<BackupRun['state'], { readonly words: string; readonly tone: Tone }>
> = {
  running: { words: say('stateRunning'), tone: 'plain' },
  done: { words: say('stateDone'), tone: 'good' },
  failed: { words: say('stateFailed'), tone: 'bad' },
  'cut-off': { words: say('stateCutOff'), tone: 'bad' },
};

/** What came of it, in words; '' where it runs still. */
export function resultOf({ kind, state, fault, detail }: BackupRun): string {
  if (state === 'failed') return fault ?? '';
  if (state === 'cut-off') return say('cutOff');
  if (state === 'running') return '';
  const numbers: Readonly<Record<string, number>> = detail;
  const n = (name: string) => numbers[name] ?? 0;
  if (kind === 'verify') return say('resultVerify', { rows: n('rows'), objects: n('objects') });
  if (kind === 'rehearse') {
    return say('resultRehearse', { tables: n('tables'), rows: n('rows'), keys: n('keys') });
  }
  const made = say('resultCreate', { rows: n('rows'), objects: n('objects'), copied: n('copied') });
  return n('damaged') === 0 ? made : `${made} ${say('resultDamaged', { damaged: n('damaged') })}`;
}
