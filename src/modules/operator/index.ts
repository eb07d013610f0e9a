import { createKeyChanges, type KeyChangeDeps } from './keys.ts';

/** What only whoever runs the server does, and seldom (ADR 0059). */
export function createOperator(deps: KeyChangeDeps) {
  return { keys: createKeyChanges(deps) };
}
