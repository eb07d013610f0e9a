import { Command } from 'commander';
import { fail, ok } from '../lib/result.ts';
import type { SearchState } from '../modules/search/index.ts';
import { noted } from './noted.ts';
import { stepTeller } from './progress.ts';
import { DRY_RUN, ofTrial, type Tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

interface Options extends Tried {
  readonly resume?: true;
  readonly engine?: true;
}

/** `vireo search …`: what videos are found by. */
export function searchCommand(run: Run): Command {
  const command = new Command('search').description('what videos are found by');
  command
    .command('reindex')
    .description(
      'read anew what videos are found by; the server may run meanwhile, and finishes what is not finished here',
    )
    .option('--resume', 'go on with what an earlier run left')
    .option('--engine', 'fill a new index of the search engine alone, from what PostgreSQL has')
    .option(...DRY_RUN)
    .action(({ resume, engine, dryRun = false }: Options) =>
      run(async ({ search, audit, inTx, config }): Promise<Report> => {
        if (engine && config.search.driver === 'postgres') return refused(NO_ENGINE);
        const tell = stepTeller();
        const onStep = (behind: number) => tell(`${behind} changes are still to be read`);
        const how = { isResumed: resume === true, engineOnly: engine === true };
        const done = dryRun ? ok(await search.state()) : await search.reindex({ ...how, onStep });
        if (!done.ok) return refused(done);
        const { documents } = done;
        const deed = { action: 'storage.reindex', target: { kind: 'storage', id: 'search' } } as const;
        const detail = { documents, resumed: how.isResumed, engineOnly: how.engineOnly };
        if (!dryRun) await noted({ audit, inTx }, { ...deed, detail });
        return ofTrial({ ok: true, rows: [rowOf(done)], text: textOf(done) }, { dryRun });
      }),
    );
  return command;
}

const NO_ENGINE = fail(
  'no-engine',
  'There is no search engine beside PostgreSQL: SEARCH_DRIVER is postgres.',
);

const rowOf = ({ documents, behind, engine }: SearchState) => ({
  ...{ documents, behind },
  ...(engine && {
    ...{ engineDocuments: engine.documents, engineBehind: engine.behind, engineFilling: engine.isFilling },
    engineFailure: engine.failure,
  }),
});

function textOf({ documents, behind, engine }: SearchState): string {
  const own = `${documents} videos can be found${behind === 0 ? '' : `; ${behind} changes are not read yet`}.`;
  if (engine === null) return own;
  const has =
    engine.documents === null ? 'has no index that can be searched' : `has ${engine.documents} of them`;
  const waits = engine.behind === 0 ? '' : `; it was not told ${engine.behind} changes yet`;
  const filling = engine.isFilling ? '; a new index is being filled' : '';
  const failure = engine.failure === null ? '' : ` ${engine.failure}`;
  return `${own} The search engine ${has}${waits}${filling}.${failure}`;
}
