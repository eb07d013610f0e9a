import type { Account, Relationship } from '../api/types.ts';

/** Whether somebody may follow one of these still: who is neither oneself, nor followed, nor asked, or not known yet. */
export function isAnyLeft(
  people: readonly Pick<Account, 'id'>[],
  viewerId: string,
  relationships: ReadonlyMap<string, Pick<Relationship, 'following' | 'requested'>>,
): boolean {
  return people.some(({ id }) => {
    const known = relationships.get(id);
    return id !== viewerId && !known?.following && !known?.requested;
  });
}
