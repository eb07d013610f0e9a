import type { Backups } from '../../api/schema.gen.ts';
import { ago, bytes } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useInterval } from '../../ui/use-interval.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { Badge } from '../parts/badge.tsx';
import { Callout } from '../parts/callout.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Facts, Section } from '../parts/detail.tsx';
import { StatTile } from '../parts/stat-tile.tsx';
import styles from './backups.module.css';
import { askFor, backups, type Kind } from './calls.ts';
import { KeptSection } from './kept.tsx';
import { kindNames, resultOf, stateNames } from './names.ts';
import { say } from './say.ts';

/** While something is done, and while nothing is. */
const FAST_MS = 2_000;
const SLOW_MS = 15_000;
/** A worker looks every few seconds. */
const UNTAKEN_MS = 30_000;
const RESTORE = 'vireo backup restore';

/** Whether a server that is lost could be had again: what there is, what was done, and doing it now. */
export function BackupsPage() {
  const [remote, reload, set] = useRemote('backups', backups);
  const refresh = async () => {
    const outcome = await backups();
    if (outcome.ok) set(outcome.value);
  };
  const isBusy = remote.state === 'ready' && isUnderWay(remote.value);
  useInterval(refresh, remote.state === 'ready' ? (isBusy ? FAST_MS : SLOW_MS) : null);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  if (remote.state === 'loading') {
    return (
      <Page title={say('title')} width="wide">
        <Loading />
      </Page>
    );
  }
  const ask = async (kind: Kind, name: string | null = null) => {
    const outcome = await askFor(kind, name);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('asked'));
    await refresh();
  };
  const all = remote.value;
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      {all.stale && <Callout tone="bad" title={say('stale')} text={say('staleText')} />}
      <Tiles all={all} />
      <div class={styles.buttons}>
        <Button onPress={() => ask('create')}>{say('makeNow')}</Button>
        <Button look="quiet" onPress={() => ask('verify')}>
          {say('verifyNewest')}
        </Button>
        <Button look="quiet" onPress={() => ask('rehearse')}>
          {say('rehearseNewest')}
        </Button>
      </div>
      <UnderWay all={all} />
      <KeptSection place={all.place} round={all.last_good_at ?? ''} onAsk={ask} />
      <Runs runs={all.runs} />
      <HowSet all={all} />
      <Restore />
    </Page>
  );
}

const isUnderWay = ({ asked, runs }: Backups): boolean =>
  asked.length > 0 || runs.some(({ state }) => state === 'running');

function Tiles({ all }: { all: Backups }) {
  const { last_good_at: made, last_rehearsal_at: tried, last_error: error, stale } = all;
  return (
    <div class={styles.tiles}>
      <StatTile
        label={say('lastGood')}
        value={made === null ? say('never') : ago(made)}
        note={error === null ? undefined : say('failedLast')}
        tone={stale || error !== null ? 'bad' : 'plain'}
      />
      <StatTile
        label={say('lastRehearsal')}
        value={tried === null ? say('never') : ago(tried)}
        note={tried === null ? undefined : say('fine')}
      />
      <StatTile label={say('nightly')} value={all.nightly ? clockOf(all) : say('nightlyOff')} />
    </div>
  );
}

const clockOf = ({ hour }: Pick<Backups, 'hour'>): string => `${String(hour).padStart(2, '0')}:00 UTC`;

/** What is done now and how far it is, told to those who listen, too. */
function UnderWay({ all }: { all: Backups }) {
  const running = all.runs.filter(({ state }) => state === 'running');
  const untaken = all.asked.some(({ asked_at: at }) => Date.now() - Date.parse(at) > UNTAKEN_MS);
  return (
    <Section title={say('underWay')}>
      <div role="status" aria-live="polite">
        {!isUnderWay(all) && <p>{say('nothingUnderWay')}</p>}
        {all.asked.map(({ kind, asked_at: at }) => (
          <p key={kind}>{say('waiting', { what: kindNames[kind], ago: ago(at) })}</p>
        ))}
        {running.map(({ kind, started_at: at, step }) => (
          <div key={at} class={styles.running}>
            <progress class={styles.progress} aria-label={kindNames[kind]} />
            <p dir="auto">{say('running', { what: kindNames[kind], ago: ago(at), step: step ?? '' })}</p>
          </div>
        ))}
      </div>
      {untaken && (
        <p>
          <a class={styles.link} href="/admin/queues">
            {say('noWorker')}
          </a>
        </p>
      )}
    </Section>
  );
}

function Runs({ runs }: Pick<Backups, 'runs'>) {
  const ended = runs.filter(({ state }) => state !== 'running');
  return (
    <Section title={say('done')}>
      {ended.length === 0 ? (
        <p>{say('noneDone')}</p>
      ) : (
        <DataTable
          label={say('done')}
          rows={ended}
          rowKey={({ kind, started_at }) => `${kind} ${started_at}`}
          head={{ title: say('what'), cell: ({ kind }) => kindNames[kind] }}
          columns={[
            { title: say('made'), cell: ({ started_at: at }) => <TimeAgo iso={at} /> },
            {
              title: say('state'),
              cell: ({ state }) => <Badge tone={stateNames[state].tone}>{stateNames[state].words}</Badge>,
            },
            { title: say('result'), wide: true, cell: (run) => <span dir="auto">{resultOf(run)}</span> },
            {
              title: say('size'),
              isNumber: true,
              cell: (run) => (run.bytes === 0 ? '–' : bytes(run.bytes)),
            },
          ]}
        />
      )}
    </Section>
  );
}

function HowSet({ all }: { all: Backups }) {
  const { place, media, nightly, keeps } = all;
  const { all_days: allDays, daily, weekly, monthly } = keeps;
  return (
    <Section title={say('settings')}>
      <p>{say('settingsText')}</p>
      <Facts
        facts={[
          { term: say('place'), value: place.address },
          {
            term: say('hour'),
            value: nightly ? say('nightlyAt', { time: clockOf(all).slice(0, 5) }) : say('nightlyOff'),
          },
          { term: say('media'), value: say(media ? 'mediaAll' : 'mediaNone') },
          { term: say('sealed'), value: say(place.sealed ? 'yes' : 'no') },
          { term: say('keeps'), value: say('keepsText', { allDays, daily, weekly, monthly }) },
        ]}
      />
    </Section>
  );
}

function Restore() {
  return (
    <Section title={say('restore')}>
      <p>{say('restoreText')}</p>
      <p class={styles.command}>
        <code dir="ltr">{RESTORE}</code>
        <Button look="quiet" small onPress={() => copyText(RESTORE)}>
          {say('restoreCopy')}
        </Button>
      </p>
      <p>{say('restoreMore')}</p>
    </Section>
  );
}
