import { packLimits } from '../../../../config/limits.ts';
import type { AccountId, PackId } from '../../../lib/ids.ts';
import { fail, ok } from '../../../lib/result.ts';
import type { MemberRefusal } from '../../packs/index.ts';
import { HANDLE_SQL, halvesOf, type LibraryPart, pairOf } from './part.ts';

const ALL = { maxId: null, minId: null, limit: packLimits.maxPacks };

/** Starter packs that somebody made, and who is shown in them. */
export const packsPart: LibraryPart = {
  async rows({ packs, accounts, urls }, accountId) {
    const mine = (await packs.of(accountId, accountId, ALL)).reverse();
    const members = await packs.membersOf(
      mine.map(({ id }) => id),
      accountId,
    );
    const people = await accounts.byIds([...new Set([...members.values()].flat())]);
    return mine.flatMap(({ id, title: list, description }) =>
      (members.get(id) ?? []).flatMap((memberId) => {
        const member = people.get(memberId);
        return member
          ? { name: `${member.username}@${member.domain ?? urls.domain}`, list, description }
          : [];
      }),
    );
  },

  there: ({ urls }, tx, accountId) =>
    tx('pack_members')
      .join('packs', 'packs.id', 'pack_members.pack_id')
      .join('accounts', 'accounts.id', 'pack_members.account_id')
      .where({ 'packs.account_id': accountId, 'pack_members.left_at': null })
      .select(tx.raw(`packs.id || ':' || accounts.id as names`))
      .select(tx.raw(`packs.title || e'\\n' || ${HANDLE_SQL} as name`, [urls.domain])),

  async add({ packs }, tx, { id: ownerId }, named, { list: title = '', description = '' }) {
    if (!('account' in named)) return fail('not-found');
    const { id: memberId } = named.account;
    const known: { id: PackId } | undefined = await tx('packs')
      .where({ account_id: ownerId, title })
      .orderBy('id')
      .first('id');
    const made = known ? ok({ pack: known }) : await packs.create(tx, ownerId, { title, description });
    if (!made.ok) return made;
    const { id } = made.pack;
    const added = await packs.add(tx, ownerId, id, [memberId]);
    if (!added.ok) return added;
    const why = added.refused[0]?.reason;
    return why === undefined || why === 'already-in'
      ? ok({ names: pairOf(id, memberId) })
      : fail(why, WHY[why]);
  },

  take({ packs }, tx, { id }, names) {
    const [packId, memberId] = halvesOf<PackId, AccountId>(names);
    return packs.take(tx, id, packId, [memberId]);
  },
};

const WHY: Readonly<Record<Exclude<MemberRefusal, 'already-in'>, string>> = {
  'not-found': 'There is nobody of this name.',
  'not-discoverable': 'They do not want to be found in starter packs.',
  left: 'They left this starter pack, and cannot be put in again.',
  full: `At most ${packLimits.maxMembers} people can be in a starter pack.`,
};
