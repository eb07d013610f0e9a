import { signal } from '@preact/signals';
import type { ApiOutcome } from '../api/client.ts';
import { api } from '../api/endpoints.ts';
import type { Relationship } from '../api/types.ts';

/** What is known about how we stand to accounts, by their id. */
export const relationships = signal<ReadonlyMap<string, Relationship>>(new Map());

const asked = new Set<string>();

function keep(found: readonly Relationship[]): void {
  relationships.value = new Map([
    ...relationships.value,
    ...found.map((relationship) => [relationship.id, relationship] as const),
  ]);
}

/** Asks about the accounts that were not asked about yet, in one request. */
export async function loadRelationships(ids: readonly string[]): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => !asked.has(id));
  if (unknown.length === 0) return;
  for (const id of unknown) asked.add(id);
  const outcome = await api.relationships(unknown);
  if (outcome.ok) keep(outcome.value);
  else for (const id of unknown) asked.delete(id);
}

/** Asks again about some accounts, in one request. */
export async function refreshRelationships(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const id of ids) asked.add(id);
  const outcome = await api.relationships(ids);
  if (outcome.ok) keep(outcome.value);
}

/** Asks again about one account, for a request that waits to be accepted. */
export const refreshRelationship = (id: string): Promise<void> => refreshRelationships([id]);

/** Follows or stops following. */
export async function setFollowing(id: string, wanted: boolean): Promise<ApiOutcome<Relationship>> {
  const outcome = await (wanted ? api.follow(id) : api.unfollow(id));
  if (outcome.ok) keep([outcome.value]);
  return outcome;
}

/** Keeps what an answer says about how we stand to an account now. */
export function keepRelationship(outcome: ApiOutcome<Relationship>): ApiOutcome<Relationship> {
  if (outcome.ok) keep([outcome.value]);
  return outcome;
}

/** For when somebody else signs in. */
export function forgetRelationships(): void {
  asked.clear();
  relationships.value = new Map();
}
