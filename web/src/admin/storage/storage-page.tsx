import type { AdminStorage } from '../../api/schema.gen.ts';
import { ago, bytes, count, percentOf } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useInterval } from '../../ui/use-interval.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { StatTile } from '../parts/stat-tile.tsx';
import { runClass, storage } from './calls.ts';
import { IndexSection } from './index-section.tsx';
import { classNames, keepingOf, kindNames, placeName, stateNames } from './names.ts';
import { say } from './say.ts';
import { SearchSection } from './search-section.tsx';
import styles from './storage-page.module.css';

const REFRESH_MS = 5_000;

/** What is stored, how full it is, and what is kept for how long. */
export function StoragePage() {
  const [remote, reload, set] = useRemote('storage', storage);
  const refresh = async () => {
    const outcome = await storage();
    if (outcome.ok) set(outcome.value);
  };
  useInterval(refresh, remote.state === 'ready' ? REFRESH_MS : null);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Page title={say('title')} width="wide">
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'ready' && (
        <>
          <Room {...remote.value} />
          <Kinds {...remote.value} />
          <Classes {...remote.value} onAsked={refresh} />
          <IndexSection {...remote.value.search} />
          <SearchSection scan={remote.value.scan} onAsked={refresh} />
        </>
      )}
    </Page>
  );
}

const LEVELS = {
  open: { words: 'open', tone: 'plain' },
  'no-copies': { words: 'noCopies', tone: 'warn' },
  full: { words: 'full', tone: 'bad' },
} as const;

function Room({ level, places }: Pick<AdminStorage, 'level' | 'places'>) {
  const { words, tone } = LEVELS[level];
  return (
    <>
      <p role="status">{say(words)}</p>
      <div class={styles.tiles}>
        {places.map(({ name, used_bytes: used, total_bytes: total }) => (
          <StatTile
            key={name}
            label={placeName(name)}
            value={`${percentOf(used, total)} %`}
            note={say('used', { used: bytes(used), total: bytes(total) })}
            tone={tone}
          />
        ))}
      </div>
    </>
  );
}

function Kinds({ kinds, measured_at: at }: Pick<AdminStorage, 'kinds' | 'measured_at'>) {
  return (
    <Section title={say('stored')}>
      <p>{at === null ? say('notMeasured') : say('measured', { ago: ago(at) })}</p>
      <DataTable
        label={say('stored')}
        rows={kinds}
        rowKey={({ kind }) => kind}
        head={{ title: say('kind'), cell: ({ kind }) => kindNames[kind] }}
        columns={[
          { title: say('objects'), isNumber: true, cell: ({ objects }) => count(objects) },
          { title: say('size'), isNumber: true, cell: (use) => bytes(use.bytes) },
          {
            title: say('cap'),
            isNumber: true,
            cell: ({ max_bytes: cap }) => (cap === null ? say('noCap') : bytes(cap)),
          },
        ]}
      />
    </Section>
  );
}

type Kept = AdminStorage['retention'][number];

function Classes({ retention, onAsked }: Pick<AdminStorage, 'retention'> & { onAsked: () => void }) {
  const run = async ({ class: name }: Kept) => {
    const outcome = await runClass(name);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('asked'));
    onAsked();
  };
  return (
    <Section title={say('kept')}>
      <DataTable
        label={say('kept')}
        rows={retention}
        rowKey={(row) => row.class}
        head={{ title: say('what'), cell: (row) => classNames[row.class] }}
        columns={[
          { title: say('keeping'), cell: keepingOf },
          {
            title: say('lastDone'),
            cell: ({ last_ok_at: at }) => (at === null ? say('never') : <TimeAgo iso={at} />),
          },
          { title: say('freed'), cell: freedOf },
          { title: say('state'), wide: true, cell: (row) => <State {...row} /> },
        ]}
        actions={(row) =>
          row.state !== 'kept' && (
            <Button
              look="quiet"
              label={say('runNowWhat', { what: classNames[row.class] })}
              onPress={() => run(row)}
            >
              {say('runNow')}
            </Button>
          )
        }
      />
    </Section>
  );
}

function freedOf({ freed }: Kept): string {
  if (freed === null) return say('nothing');
  const when = ago(freed.at);
  if (freed.bytes > 0) return say('freedBytes', { size: bytes(freed.bytes), ago: when });
  return say('freedRows', { n: freed.rows, ago: when });
}

function State({ state, failure }: Kept) {
  const { words, tone } = stateNames[state];
  return (
    <>
      <Badge tone={tone}>{words}</Badge>
      {failure && <p dir="auto">{failure.error}</p>}
    </>
  );
}
