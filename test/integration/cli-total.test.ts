import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../src/cli/catalogue.ts';
import { commandTree, leavesOf } from '../../src/cli/tree.ts';
import { contentOf } from '../helpers/activities.ts';
import { onRecord } from '../helpers/cli/on-record.ts';
import { runs } from '../helpers/cli/runs.ts';
import { createWorld, type Said, type World } from '../helpers/cli/world.ts';

/** Total over the command line: every command is told of, can be read by programs, and does what it is for. */
const nothing = () => Promise.resolve();
const leaves = leavesOf(commandTree(nothing, nothing));
const paths = leaves.map(({ path }) => path).sort();
const MUST_BE_TRIED = new Set(['removes', 'sends', 'changes-many']);
/** What a process that only begins and ends leaves behind, or upkeep of the web process writes. */
const BESIDE = [
  'instances',
  'workers',
  'view_tallies',
  'analytics_tallies',
  'storage_use',
  'migrations_lock',
  'backup_runs',
  'storage_scan',
  'storage_findings',
];

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

/** Tables whose content is another one. */
async function changedSince(before: Record<string, string>): Promise<string[]> {
  const after = await contentOf(world.server.context.db, BESIDE);
  return Object.keys(after).filter((name) => after[name] !== before[name]);
}

function isOneObject({ out, code }: Said): void {
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  const said = JSON.parse(out);
  expect(said).toMatchObject({ ok: code === 0, message: expect.any(String), rows: expect.any(Array) });
  if (code !== 0) expect(said.reason).toMatch(/^[a-z0-9-]+$/);
}

test('every command has a run and a place in the catalogue, and neither has more', () => {
  expect(Object.keys(runs).sort()).toEqual(paths);
  expect(Object.keys(catalogue).sort()).toEqual(paths);
});

test('every command that does more than read says what stays of it in the audit log, and no other', () => {
  const changing = paths.filter((path) => catalogue[path]?.effect !== 'reads');
  expect(Object.keys(onRecord).sort()).toEqual(changing);
});

interface Entry {
  readonly action: string;
  readonly actor_kind: string;
  readonly reason: string;
}

/** What was put on record while a command ran. */
async function entriesOf<T>(act: () => Promise<T>): Promise<{ readonly done: T; readonly entries: Entry[] }> {
  const { db } = world.server.context;
  const newest = (await db('audit_log').max('id as id').first())?.id ?? 0;
  const done = await act();
  const entries = await db('audit_log')
    .where('id', '>', newest)
    .orderBy('id')
    .select('action', 'actor_kind', 'reason');
  return { done, entries };
}

/** One entry for each deed, of the operator, with what was said why; none of what is not a deed. */
function expectOnRecord(path: string, words: readonly string[], entries: readonly Entry[]): void {
  const expected = onRecord[path];
  const deeds = expected && !('none' in expected) ? expected : [];
  expect(entries.map(({ action }) => action)).toEqual(deeds);
  expect(entries.filter((entry) => entry.actor_kind !== 'operator')).toEqual([]);
  const why = words.indexOf('--reason');
  if (why >= 0 && deeds.length > 0) expect(entries[0]?.reason).toBe(words[why + 1]);
}

describe.each(leaves)('vireo $path', ({ path, command }) => {
  const run = runs[path];
  const entry = catalogue[path];
  if (!run || !entry) return;

  test('is told of', () => {
    expect(command.description().length).toBeGreaterThan(15);
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toContain(`$ vireo ${entry.example}`);
    expect(help).toContain('--json');
    if (!MUST_BE_TRIED.has(entry.effect)) return;
    expect(command.options.map(({ long }) => long)).toContain('--dry-run');
  });

  test('says as JSON what is wrong with its words', async () => {
    const said = await world.cli(...path.split(' '), '--no-such-option');
    expect(said).toMatchObject({ code: 2, reason: 'usage' });
    isOneObject(said);
  });

  test('does what it is for', async () => {
    const { db } = world.server.context;
    const noun = path.split(' ');
    const words = await run.words(world);
    if (MUST_BE_TRIED.has(entry.effect)) {
      const before = await contentOf(db, BESIDE);
      const tried = await world.cli(...noun, ...words, '--dry-run');
      isOneObject(tried);
      expect(await changedSince(before)).toEqual([]);
      expect(tried.code, tried.message).toBe(run.tried ?? run.code ?? 0);
    }
    const before = entry.effect === 'reads' ? await contentOf(db, BESIDE) : null;
    const { done: said, entries } = await entriesOf(() => world.cli(...noun, ...words));
    isOneObject(said);
    expect(said.code, said.message).toBe(run.code ?? 0);
    expectOnRecord(path, words, entries);
    await run.shows?.({ ...said, words }, world);
    if (before) expect(await changedSince(before)).toEqual([]);
  });

  if (run.missing) {
    test('says where a thing is not there', async () => {
      const { done: said, entries } = await entriesOf(() =>
        world.cli(...path.split(' '), ...(run.missing ?? [])),
      );
      isOneObject(said);
      expect(said.code, said.message).toBe(3);
      expect(entries).toEqual([]);
    });
  }
});

test('media move, as storage move was called before, goes on and is not told of', async () => {
  const [now, before] = await Promise.all([
    world.cli('storage', 'move', '--to', 's3'),
    world.cli('media', 'move', '--to', 's3'),
  ]);
  expect(now).toMatchObject({ code: 1, message: expect.stringContaining('S3_ENDPOINT') });
  expect({ code: before.code, out: before.out }).toEqual({ code: now.code, out: now.out });
  const media = commandTree(nothing, nothing).commands.find((noun) => noun.name() === 'media');
  expect(media?.helpInformation()).toContain('usage');
  expect(media?.helpInformation()).not.toMatch(/^ *move /m);
  expect(paths).not.toContain('media move');
});

test('what is no cache cannot be cleared', async () => {
  expect(await world.cli('cache', 'clear', 'queues')).toMatchObject({ code: 2, reason: 'usage' });
});

test('is the same as a program of its own', { timeout: 120_000 }, async () => {
  const spawned = (...args: string[]) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      execFile(process.execPath, ['src/cli/main.ts', ...args], { env: world.env }, (error, stdout) =>
        resolve({ code: error ? Number(error.code) : 0, out: stdout }),
      );
    });
  const listed = await spawned('user', 'list', '--json');
  expect(listed.code).toBe(0);
  expect(JSON.parse(listed.out).rows).toContainEqual(expect.objectContaining({ name: 'author' }));
  expect((await spawned('user', 'warn', 'nobody')).code).toBe(3);
  expect((await spawned('user', 'list', '--inactive', 'long')).code).toBe(2);
  expect((await spawned()).code).toBe(2);
});
