import type { Backups, KeptBackups } from '../../api/schema.gen.ts';
import { bytes, count } from '../../format.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { moment } from '../parts/moment.ts';
import styles from './backups.module.css';
import { type Kept, type Kind, keptBackups } from './calls.ts';
import { say } from './say.ts';

interface KeptProps {
  readonly place: Backups['place'];
  /** Changes once there is another one. */
  readonly round: string;
  readonly onAsk: (kind: Kind, name: string) => void;
}

/** The backups that there are, each to be read through or tried. */
export function KeptSection({ place, round, onAsk }: KeptProps) {
  const [remote, reload] = useRemote(`kept ${round}`, keptBackups);
  return (
    <Section title={say('kept')}>
      <p class={styles.place} dir="auto">
        {say('keptWhere', { place: place.address })} {say(place.sealed ? 'keptSealed' : 'keptPlain')}
      </p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && <Shelf kept={remote.value} onAsk={onAsk} />}
    </Section>
  );
}

function Shelf({ kept, onAsk }: { kept: KeptBackups; onAsk: KeptProps['onAsk'] }) {
  const { problem, backups, unfinished, unreadable } = kept;
  if (problem !== null) return <p role="alert">{say('keptProblem', { problem })}</p>;
  const isBare = backups.length + unreadable.length === 0;
  return (
    <>
      {isBare && <Notice icon="download" title={say('noneKept')} text={say('noneKeptText')} />}
      {unfinished.length > 0 && <p>{say('unfinished', { n: unfinished.length })}</p>}
      {unreadable.length > 0 && (
        <p>{say('unreadable', { n: unreadable.length, names: unreadable.join(', ') })}</p>
      )}
      {backups.length > 0 && <KeptTable rows={backups} onAsk={onAsk} />}
    </>
  );
}

function KeptTable({ rows, onAsk }: { rows: readonly Kept[]; onAsk: KeptProps['onAsk'] }) {
  return (
    <DataTable
      label={say('kept')}
      rows={rows}
      rowKey={({ name }) => name}
      head={{
        title: say('made'),
        cell: ({ name, started_at: at }) => (
          <>
            <time dateTime={at}>{moment(at)}</time>
            <small class={styles.name}>
              <bdi>{name}</bdi>
            </small>
          </>
        ),
      }}
      columns={[
        { title: say('size'), isNumber: true, cell: (one) => bytes(one.bytes) },
        { title: say('rows'), isNumber: true, cell: (one) => count(one.rows) },
        {
          title: say('objects'),
          isNumber: true,
          cell: ({ objects, media }) =>
            media ? count(objects) : say('objectsListed', { n: count(objects) }),
        },
        { title: say('version'), cell: ({ version }) => <bdi>{version}</bdi> },
      ]}
      actions={({ name }) => (
        <>
          <Button look="quiet" label={say('verifyWhich', { name })} onPress={() => onAsk('verify', name)}>
            {say('verify')}
          </Button>
          <Button look="quiet" label={say('rehearseWhich', { name })} onPress={() => onAsk('rehearse', name)}>
            {say('rehearse')}
          </Button>
        </>
      )}
    />
  );
}
