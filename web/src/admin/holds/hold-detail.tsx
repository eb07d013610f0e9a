import { useState } from 'preact/hooks';
import { absolute, bytes, day } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Detail, Facts, Section } from '../parts/detail.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { may } from '../permissions.ts';
import { decide, type LegalHoldEvidence, type LegalHoldExport, lookAt, takeOut } from './calls.ts';
import styles from './holds.module.css';
import { say } from './say.ts';
import { HoldState } from './state.tsx';

type Deed = 'release' | 'restore' | 'export';

/** One hold: what is kept of it, and what can be done with it. To open this page is on record. */
export function HoldDetail({ id }: { id: string }) {
  const [remote, reload] = useRemote(id, () => lookAt(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return <Known hold={remote.value} onChange={reload} />;
}

function Known({ hold, onChange }: { hold: LegalHoldEvidence; onChange: () => void }) {
  const [deed, setDeed] = useState<Deed | null>(null);
  const [file, setFile] = useState<LegalHoldExport | null>(null);
  const isOver = hold.released_at !== null;
  const done = (next: LegalHoldExport | null) => {
    setDeed(null);
    setFile(next);
    if (next === null) onChange();
  };
  return (
    <Detail
      title={hold.label}
      back={{ href: '/admin/holds', words: say('back') }}
      badges={<HoldState hold={hold} />}
      actions={
        <>
          {may('audit') && (
            <ButtonLink look="quiet" href={`/admin/audit?target_kind=legal-hold&target_id=${hold.id}`}>
              {say('log')}
            </ButtonLink>
          )}
          <Button look="quiet" icon="download" onPress={() => setDeed('export')}>
            {say('export')}
          </Button>
          <Button look="quiet" onPress={() => setDeed(isOver ? 'restore' : 'release')}>
            {say(isOver ? 'restore' : 'release')}
          </Button>
        </>
      }
    >
      <Section title={say('facts')}>
        <Facts
          facts={[
            { term: say('kind'), value: say('kindOf', { kind: hold.kind }) },
            { term: say('number'), value: hold.target_id },
            { term: say('reason'), value: hold.reason },
            { term: say('reference'), value: hold.reference },
            { term: say('since'), value: absolute(hold.created_at) },
            ...(hold.gone_at === null ? [] : [{ term: say('gone'), value: day(hold.gone_at) }]),
          ]}
        />
      </Section>
      <Section title={say('records')}>
        <Items items={hold.items} />
      </Section>
      {deed && <DeedDialog id={hold.id} deed={deed} onDone={done} onClose={() => setDeed(null)} />}
      {file && <FileDialog file={file} onClose={() => setFile(null)} />}
    </Detail>
  );
}

type Item = LegalHoldEvidence['items'][number];

function Items({ items }: { items: readonly Item[] }) {
  return (
    <DataTable
      label={say('records')}
      rows={items}
      rowKey={({ path }) => path}
      head={{ title: say('path'), cell: ({ path }) => <bdi class={styles.code}>{path}</bdi> }}
      columns={[
        { title: say('size'), cell: ({ bytes: size }) => (size === null ? '–' : bytes(size)) },
        { title: say('hash'), wide: true, cell: (item) => <Kept item={item} /> },
      ]}
    />
  );
}

function Kept({ item: { state, sha256, content } }: { item: Item }) {
  if (state === 'missing') return <>{say('wasMissing')}</>;
  if (state === 'waiting') return <>{say('isWaiting')}</>;
  return (
    <>
      <code class={styles.code}>{sha256}</code>
      {content !== null && (
        <details>
          <summary class={styles.summary}>{say('read')}</summary>
          <pre class={styles.record} dir="ltr">
            {content}
          </pre>
        </details>
      )}
    </>
  );
}

interface DeedProps {
  readonly id: string;
  readonly deed: Deed;
  /** With what can be fetched now, where it was taken out. */
  readonly onDone: (file: LegalHoldExport | null) => void;
  readonly onClose: () => void;
}

const SAYS = {
  release: { title: 'releaseTitle', text: 'releaseText', done: 'released' },
  restore: { title: 'restoreTitle', text: 'restoreText', done: 'restored' },
  export: { title: 'exportTitle', text: 'exportText', done: 'ready' },
} as const;

function DeedDialog({ id, deed, onDone, onClose }: DeedProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const words = SAYS[deed];
  const send = async (reason: string) => {
    setBusy(true);
    const outcome = await (deed === 'export' ? takeOut(id, reason) : decide(id, deed, reason));
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    if ('url' in outcome.value) return onDone(outcome.value);
    toast(say(words.done));
    onDone(null);
  };
  return (
    <ReasonDialog
      title={say(words.title)}
      text={say(words.text)}
      action={say(deed)}
      look={deed === 'release' ? 'danger' : 'primary'}
      isRequired
      busy={busy}
      problem={problem}
      onConfirm={send}
      onClose={onClose}
    />
  );
}

function FileDialog({ file, onClose }: { file: LegalHoldExport; onClose: () => void }) {
  return (
    <Dialog title={say('ready')} onClose={onClose}>
      <p>{say('readyText')}</p>
      <p>
        <code class={styles.code}>{file.sums}</code>
      </p>
      <p class={styles.row}>
        <Button look="quiet" onPress={onClose}>
          {say('close')}
        </Button>
        <a class={styles.fetch} href={new URL(file.url).pathname} download>
          {say('fetch', { size: bytes(file.bytes) })}
        </a>
      </p>
    </Dialog>
  );
}
