import { signal } from '@preact/signals';
import type { ApiOutcome } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { setBoosted } from './calls.ts';

/** What was passed on or taken back during this visit, by the ids of clips. */
const changed = signal<ReadonlyMap<string, boolean>>(new Map());

/** Whether we have passed a clip on. */
export const isBoosted = ({ id, reblogged }: Status): boolean => changed.value.get(id) ?? reblogged;

/** Passes a clip on or takes that back: shown at once, and undone where the server refuses. */
export async function boost(status: Status, wanted: boolean): Promise<ApiOutcome<Status>> {
  const before = isBoosted(status);
  set(status.id, wanted);
  const outcome = await setBoosted(status.id, wanted);
  if (!outcome.ok) set(status.id, before);
  return outcome;
}

function set(id: string, value: boolean): void {
  changed.value = new Map([...changed.value, [id, value]]);
}
