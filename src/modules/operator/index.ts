import { createKeyChanges, type KeyChangeDeps } from './keys.ts';
import { createMerging, type MergingDeps } from './merging.ts';
import { createForPeople, type PeopleDeps } from './people.ts';

export type OperatorDeps = KeyChangeDeps & PeopleDeps & MergingDeps;

/** What only whoever runs the server does, and seldom (ADR 0059). */
export function createOperator(deps: OperatorDeps) {
  return { keys: createKeyChanges(deps), people: createForPeople(deps), ...createMerging(deps) };
}
