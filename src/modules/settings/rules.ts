import type { Db } from '../../db/database.ts';

/** A rule of the server. Its id stays while its words do, wherever it stands among the others. */
export interface Rule {
  readonly id: string;
  readonly text: string;
}

/**
 * Rules that ever counted, by their words; those of `texts` that are new get an id. Reports name rules by it, also those that do not count any
 * more.
 */
export async function everyRule(db: Db, texts: readonly string[]): Promise<Rule[]> {
  const read = async (): Promise<Rule[]> => {
    const rows: { id: number; text: string }[] = await db('rules').orderBy('id');
    return rows.map(({ id, text }) => ({ id: String(id), text }));
  };
  const known = await read();
  const fresh = texts.filter((text) => !known.some((rule) => rule.text === text));
  if (fresh.length === 0) return known;
  // One after the other, so that their numbers follow their order.
  for (const text of fresh) await db('rules').insert({ text }).onConflict('text').ignore();
  return read();
}
