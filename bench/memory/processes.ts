import { readdir, readFile } from 'node:fs/promises';

const KIB_PER_MIB = 1024;

/** Of every process: by whom it was started. */
async function parents(): Promise<ReadonlyMap<number, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = new Map<number, number>();
  for (const pid of pids) {
    // Its name stands in brackets and may hold anything.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) all.set(pid, Number(parent));
  }
  return all;
}

/**
 * What a process takes in MiB, with its share of what it has in common with others: PostgreSQL's processes share most of
 * theirs, and the sum of their resident sizes would count it once for each. Null: it is gone.
 */
export async function proportionalMib(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => null);
  const kib = text === null ? undefined : /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? null : Number(kib) / KIB_PER_MIB;
}

/** What a process and all that it started take; `own` is without those. */
export interface TreeMib {
  readonly own: number;
  readonly children: number;
}

/** The same moment for several trees, in the order of their roots. */
export async function treesMib(roots: readonly number[]): Promise<TreeMib[]> {
  const childrenOf = new Map<number, number[]>();
  for (const [pid, parent] of await parents())
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  const below = (pid: number): number[] =>
    (childrenOf.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return Promise.all(
    roots.map(async (root) => {
      const sizes = await Promise.all([root, ...below(root)].map(proportionalMib));
      const [own, ...children] = sizes.map((size) => size ?? 0);
      return { own: own ?? 0, children: children.reduce((sum, size) => sum + size, 0) };
    }),
  );
}
