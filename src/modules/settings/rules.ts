import type { Db } from '../../db/database.ts';

/** A rule of the server. Its id stays while its words do, wherever it stands among the others. */
export interface Rule {
  readonly id: string;
  readonly text: string;
}

/** The rules of these words with their ids; those that are new get one. */
export async function rulesWithIds(db: Db, texts: readonly string[]): Promise<Rule[]> {
  const distinct = [...new Set(texts)];
  if (distinct.length === 0) return [];
  const read = async (): Promise<Map<string, string>> => {
    const rows: { id: number; text: string }[] = await db('rules').whereRaw('text = any(?)', [distinct]);
    return new Map(rows.map(({ id, text }) => [text, String(id)]));
  };
  let known = await read();
  // One after the other, so that their numbers follow their order.
  for (const text of distinct.filter((one) => !known.has(one))) {
    await db('rules').insert({ text }).onConflict('text').ignore();
  }
  if (known.size < distinct.length) known = await read();
  return distinct.map((text) => ({ id: known.get(text) ?? '', text }));
}
