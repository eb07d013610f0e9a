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

/** What a process takes of memory, in MiB. */
interface Size {
  /** Its own, with its share of what is shared between processes that know each other, such as PostgreSQL's. */
  readonly own: number;
  /** Programs and libraries that lie in memory while it runs. */
  readonly files: number;
}

const NOTHING: Size = { own: 0, files: 0 };

/** Nothing for a process that is gone. */
async function sizeOf(pid: number): Promise<Size> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [shares, status] = await Promise.all([read('smaps_rollup'), read('status')]);
  const mib = (text: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) / KIB_PER_MIB;
  return { own: mib(shares, 'Pss_Anon') + mib(shares, 'Pss_Shmem'), files: mib(status, 'RssFile') };
}

/**
 * What a container with these processes would count: each one's own, and programs once. The sum of resident sizes counts what
 * is shared once for each; proportional sizes divide a program by all who run it, also elsewhere on the machine.
 */
function together(sizes: readonly Size[]): number {
  const own = sizes.reduce((sum, size) => sum + size.own, 0);
  return own + Math.max(0, ...sizes.map(({ files }) => files));
}

/** What a process takes, all that it started, and both. */
export interface TreeMib {
  readonly own: number;
  readonly children: number;
  readonly all: number;
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
      const [own = NOTHING, ...children] = await Promise.all([root, ...below(root)].map(sizeOf));
      return { own: together([own]), children: together(children), all: together([own, ...children]) };
    }),
  );
}
