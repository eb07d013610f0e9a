import { z } from 'zod';
import { packLimits } from '../../../../config/limits.ts';
import { type AccountId, idSchema, type PackId } from '../../../lib/ids.ts';
import { memberRefusals, type Pack } from '../../../modules/packs/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError } from '../../errors.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { accountEntity } from '../accounts/schemas.ts';
import { text } from '../inputs.ts';
import { accountsInOrder } from '../relations/people.ts';

export const packParams = z.object({ id: idSchema<'pack'>() });
export const title = text(packLimits.maxTitleCharacters).pipe(z.string().min(1));
export const description = text(packLimits.maxDescriptionCharacters);

export const packEntity = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    uri: z.string().describe('Id of its collection, by which other servers read it'),
    url: z.string().describe('Its page'),
    account: accountEntity.describe('Who made it'),
    size: z.number().int().describe('How many people the viewer is shown in it'),
    sample: z.array(accountEntity).describe('The first of them'),
    mine: z.boolean().describe('Made by the viewer'),
    with_me: z.boolean().describe('The viewer is in it, and can leave it'),
    taken_down: z.boolean().describe('The staff took it from everybody but its owner'),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Pack' });

export const refusedMembers = z
  .array(
    z.object({
      account: z.string().describe('Id, or handle as it was given'),
      reason: z.enum(memberRefusals),
    }),
  )
  .describe('Who was not put in, and why');

const SAMPLE = 5;

/** Packs in the API's shape, as a viewer sees them; those of owners who are gone are left out. */
export async function packEntitiesOf(
  deps: HttpDeps,
  packs: readonly Pack[],
  viewerId: AccountId | null,
): Promise<z.input<typeof packEntity>[]> {
  const members = await deps.packs.membersOf(
    packs.map(({ id }) => id),
    viewerId,
  );
  const shown = [
    ...packs.map(({ ownerId }) => ownerId),
    ...[...members.values()].flatMap((ids) => ids.slice(0, SAMPLE)),
  ];
  const entities = await accountEntitiesOf(deps, await accountsInOrder(deps, [...new Set(shown)]));
  const accounts = new Map(entities.map((one) => [one.id, one]));
  return packs.flatMap((pack) => {
    const account = accounts.get(pack.ownerId);
    const ids = members.get(pack.id) ?? [];
    if (!account) return [];
    return [
      {
        ...{ id: pack.id, title: pack.title, description: pack.description, uri: pack.uri, url: pack.url },
        ...{ account, size: ids.length },
        sample: ids.slice(0, SAMPLE).flatMap((id) => accounts.get(id) ?? []),
        mine: pack.ownerId === viewerId,
        with_me: viewerId !== null && ids.includes(viewerId),
        taken_down: pack.takenDown,
        created_at: pack.createdAt.toISOString(),
        updated_at: pack.updatedAt.toISOString(),
      },
    ];
  });
}

/** The pack, where the viewer may see it. */
export async function shownPack(deps: HttpDeps, id: PackId, viewerId: AccountId | null): Promise<Pack> {
  const pack = await deps.packs.one(id, viewerId);
  if (!pack) throw new ApiError('not-found');
  return pack;
}

export async function packEntityOf(deps: HttpDeps, id: PackId, viewerId: AccountId | null) {
  const [entity] = await packEntitiesOf(deps, [await shownPack(deps, id, viewerId)], viewerId);
  if (!entity) throw new ApiError('not-found');
  return entity;
}
