import type { Context } from '../src/context.ts';

/** Signs people of a seeded server up and in; each has a token to send. */
export async function signUp(
  { auth, inTx }: Context,
  count: number,
): Promise<{ id: string; token: string }[]> {
  // One hash and one pair of keys serve everybody: nobody signs in by password here.
  const form = await auth.prepareSignUp({ username: 'viewer', password: 'a long password' });
  const viewers: { id: string; token: string }[] = [];
  for (let n = 0; n < count; n += 1) {
    viewers.push(
      await inTx(async (tx) => {
        const manner = { role: 'user', pending: false } as const;
        const made = await auth.createUser(tx, { ...form, username: `viewer${n}` }, manner);
        if (!made.ok) throw new Error(made.detail);
        const { id } = made.account;
        const session = { accountId: id, role: 'user', kind: 'bearer', userAgent: 'bench' } as const;
        return { id, token: (await auth.openSession(tx, session)).token };
      }),
    );
  }
  return viewers;
}
