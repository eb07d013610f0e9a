import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { createPages } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { ChooseFile } from '../ui/choose-file.tsx';
import { Field } from '../ui/field.tsx';
import { signInPath } from '../ui/links.ts';
import { More } from '../ui/more.tsx';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { newestPacks, packCalls } from './calls.ts';
import { FactsDialog } from './facts-dialog.tsx';
import { PackList, packPath } from './pack-card.tsx';
import styles from './packs.module.css';
import { say } from './say.ts';

/** One’s own starter packs, those one is in, and new ones. */
export function PacksPage() {
  const newest = useMemo(() => createPages(newestPacks), []);
  useEffect(() => {
    newest.loadMore();
  }, [newest]);
  const packs = newest.items.value;
  const all = (
    <section class={styles.part} aria-label={say('newest')}>
      <h2>{say('newest')}</h2>
      {packs.length > 0 && <PackList packs={packs} label={say('newest')} />}
      {packs.length === 0 && newest.phase.value === 'ended' && (
        <Notice icon="person" title={say('none')} text={say('noneText')} />
      )}
      <More pages={newest} label={say('more')} />
    </section>
  );
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      {me.value ? (
        <Own accountId={me.value.id}>{all}</Own>
      ) : (
        <>
          <p class={styles.part}>
            <ButtonLink href={signInPath()}>{say('signIn')}</ButtonLink>
          </p>
          {all}
        </>
      )}
    </Page>
  );
}

const nothing = { title: '', description: '' };

interface OwnProps {
  readonly accountId: string;
  /** Stands below, and comes with it, so that it does not jump. */
  readonly children: ComponentChildren;
}

function Own({ accountId, children }: OwnProps) {
  const { route } = useLocation();
  const [mine, reload] = useRemote(`packs of ${accountId}`, () => packCalls.of(accountId));
  const [withMe] = useRemote(`packs with ${accountId}`, packCalls.withMe);
  const [making, setMaking] = useState(false);
  const [file, setFile] = useState<string>();
  const isThere = mine.state !== 'loading' && withMe.state !== 'loading';
  return (
    <>
      <div class={[styles.actions, styles.part].join(' ')}>
        <Button icon="plus" onPress={() => setMaking(true)}>
          {say('make')}
        </Button>
        <ChooseFile
          label={say('import')}
          accept=".csv,.json,text/csv,application/json"
          icon="upload"
          onChoose={async (chosen) => setFile(await chosen.text())}
        />
      </div>
      <OpenByAddress />
      {!isThere && <Loading />}
      {mine.state === 'failed' && <Failed failure={mine.failure} onRetry={reload} />}
      {isThere && mine.state === 'ready' && mine.value.length > 0 && (
        <section class={styles.part}>
          <h2>{say('mine')}</h2>
          <PackList packs={mine.value} label={say('mine')} />
        </section>
      )}
      {isThere && withMe.state === 'ready' && withMe.value.length > 0 && (
        <section class={styles.part}>
          <h2>{say('withMe')}</h2>
          <PackList packs={withMe.value} label={say('withMe')} />
        </section>
      )}
      {isThere && children}
      {making && (
        <FactsDialog
          title={say('make')}
          action={say('create')}
          first={nothing}
          onClose={() => setMaking(false)}
          onSave={async (facts) => {
            const outcome = await packCalls.create(facts);
            if (outcome.ok) route(packPath(outcome.value.id));
            return outcome;
          }}
        />
      )}
      {file !== undefined && (
        <FactsDialog
          title={say('fileTitle')}
          action={say('create')}
          first={{ ...nothing, title: titleIn(file) }}
          asksDescription={false}
          onClose={() => setFile(undefined)}
          onSave={async ({ title }) => {
            const outcome = await packCalls.import(file, title);
            if (outcome.ok) {
              const { pack, refused } = outcome.value;
              const told = { n: pack.size, refused: refused.length };
              toast(say(refused.length > 0 ? 'importedSome' : 'imported', told));
              route(packPath(pack.id));
            }
            return outcome;
          }}
        />
      )}
    </>
  );
}

/** What a file of JSON calls itself. */
function titleIn(file: string): string {
  try {
    const { title } = JSON.parse(file);
    return typeof title === 'string' ? title : '';
  } catch {
    return '';
  }
}

/** One of another server. */
function OpenByAddress() {
  const { route } = useLocation();
  const [address, setAddress] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const open = async () => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await packCalls.read(address.trim());
    setBusy(false);
    if (outcome.ok) route(packPath(outcome.value.id));
    else setProblem(outcome.sentence);
  };
  return (
    <form
      class={[styles.open, styles.part].join(' ')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) open();
      }}
    >
      <Field
        label={say('address')}
        hint={say('addressHint')}
        name="url"
        value={address}
        required
        error={problem}
        onInput={setAddress}
      />
      <Button type="submit" look="quiet" busy={busy}>
        {say('open')}
      </Button>
    </form>
  );
}
