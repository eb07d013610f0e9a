import { useState } from 'preact/hooks';
import type { ApiFailure } from '../../api/client.ts';
import type { Archive, Import } from '../../api/types.ts';
import { absolute, bytes, percentOf } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import buttons from '../../ui/button.module.css';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useInterval } from '../../ui/use-interval.ts';
import { type Remote, useRemote } from '../../ui/use-remote.ts';
import { calls } from '../calls.ts';
import { Section } from '../parts.tsx';
import styles from '../settings.module.css';
import { BringFile } from './bring-file.tsx';
import { kindWords, libraryKinds } from './kinds.ts';
import { say } from './say.ts';

const LOOK_EVERY_MS = 2_000;

const files = ['following', 'followers', 'blocks', 'mutes', 'domain_blocks', 'lists', 'bookmarks'] as const;

/** Taking along what one has, and bringing what one had elsewhere. */
export function DataPage() {
  return (
    <Page title={say('data')}>
      <ArchivePart />
      <Section title={say('lists')} text={say('listsText')}>
        <div class={styles.actions}>
          {files.map((kind) => (
            <Download key={kind} href={`/api/v1/exports/${kind}.csv`}>
              {say(kindWords[kind])}
            </Download>
          ))}
        </div>
        <p>{say('ownFiles')}</p>
        <div class={styles.actions}>
          {libraryKinds.map((kind) => (
            <Download key={kind} href={`/api/v1/exports/${kind}.csv`}>
              {say(kindWords[kind])}
            </Download>
          ))}
        </div>
      </Section>
      <Imports />
    </Page>
  );
}

/** Something the server gives as a file, and not a place in the page. */
function Download(props: { href: string; label?: string; children: string }) {
  return (
    <a
      class={`${buttons.button} ${buttons.quiet}`}
      href={props.href}
      aria-label={props.label}
      target="_self"
      download
    >
      {props.children}
    </a>
  );
}

const isUnderWay = (archive: Archive) => archive.state === 'waiting' || archive.state === 'working';
const isNone = (remote: Remote<Archive>): remote is { state: 'failed'; failure: ApiFailure } =>
  remote.state === 'failed' && remote.failure.status === 404;

function ArchivePart() {
  const [remote, reload, set] = useRemote('archive', calls.archive);
  const [busy, setBusy] = useState(false);
  const archive = remote.state === 'ready' ? remote.value : null;
  useInterval(
    async () => {
      const outcome = await calls.archive();
      if (outcome.ok) set(outcome.value);
    },
    archive && isUnderWay(archive) ? LOOK_EVERY_MS : null,
  );
  const ask = async () => {
    setBusy(true);
    const outcome = await calls.askForArchive();
    setBusy(false);
    if (outcome.ok) set(outcome.value);
    else toast(outcome.sentence, 'error');
  };
  const isKnown = archive !== null || isNone(remote);
  return (
    <Section title={say('archive')} text={say('archiveText')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && !isNone(remote) && <Failed failure={remote.failure} onRetry={reload} />}
      {isKnown && (
        <>
          <p role="status">{stateOf(archive)}</p>
          {archive && isUnderWay(archive) && (
            <progress
              class={styles.bar}
              max={100}
              value={archive.percent}
              aria-label={say('archiveProgress')}
            />
          )}
          <div class={styles.actions}>
            {archive?.state === 'ready' && archive.download_url !== null && (
              <Download href={new URL(archive.download_url, location.origin).pathname}>
                {say('download')}
              </Download>
            )}
            {!(archive && isUnderWay(archive)) && (
              <Button look={archive?.state === 'ready' ? 'quiet' : 'primary'} busy={busy} onPress={ask}>
                {say(archive?.state === 'ready' ? 'archiveAgain' : 'archiveAsk')}
              </Button>
            )}
          </div>
        </>
      )}
    </Section>
  );
}

function stateOf(archive: Archive | null): string {
  if (!archive) return say('archiveNone');
  switch (archive.state) {
    case 'waiting':
      return say('archiveWaiting');
    case 'working':
      return say('archiveWorking', { stage: archive.stage ?? 'none', percent: archive.percent });
    case 'ready':
      return say('archiveReady', {
        size: bytes(archive.size ?? 0),
        date: absolute(archive.finished_at ?? archive.created_at),
        until: absolute(archive.expires_at ?? archive.created_at),
      });
    case 'failed':
      return say('archiveFailed');
    case 'expired':
      return say('archiveExpired');
  }
}

const isDone = (one: Import) => one.finished_at !== null || one.cancelled_at !== null;

function Imports() {
  const [remote, reload, set] = useRemote('imports', calls.imports);
  const imports = remote.state === 'ready' ? remote.value : [];
  const look = async () => {
    const outcome = await calls.imports();
    if (outcome.ok) set(outcome.value);
  };
  useInterval(look, imports.some((one) => !isDone(one)) ? LOOK_EVERY_MS : null);
  return (
    <>
      <BringFile onBrought={look} />
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {imports.length > 0 && (
        <Section title={say('brought')}>
          <ul class={styles.list}>
            {imports.map((one) => (
              <ImportItem key={one.id} item={one} />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function ImportItem({ item }: { item: Import }) {
  const { id, type, done, total, failed } = item;
  const kind = say(kindWords[type]);
  return (
    <li class={styles.item}>
      <div class={styles.what}>
        <h3>{kind}</h3>
        <p>
          {isDone(item) ? say('broughtEnded', { done, failed }) : say('broughtDone', { done, failed, total })}
        </p>
        {!isDone(item) && (
          <progress
            class={styles.bar}
            max={100}
            value={percentOf(done, total)}
            aria-label={say('progressOf', { kind })}
          />
        )}
      </div>
      {failed > 0 && (
        <Download href={`/api/v1/imports/${id}/failures`} label={say('failuresWhat', { kind })}>
          {say('failures')}
        </Download>
      )}
    </li>
  );
}
