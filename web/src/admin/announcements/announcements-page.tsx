import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import type { AdminAnnouncement, AnnouncementChange } from '../../api/schema.gen.ts';
import { count, plainText } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { moment } from '../parts/moment.ts';
import styles from './announcements.module.css';
import {
  allAnnouncements,
  endAnnouncement,
  publishAnnouncement,
  removeAnnouncement,
  undoAnnouncement,
} from './calls.ts';
import { AnnouncementEditor } from './editor.tsx';
import { say } from './say.ts';

/** What the staff tells everybody: drafts, what is shown, and what is over. */
export function AnnouncementsPage() {
  const [remote, reload, set] = useRemote('announcements', allAnnouncements);
  const [editing, setEditing] = useState<AdminAnnouncement | 'new' | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const list = remote.state === 'ready' ? remote.value : [];

  /** Shows what became of it, and offers the way back. */
  const done = (sentence: string, id: string | null, { announcement, audit_id }: AnnouncementChange) => {
    const others = list.filter((one) => one.id !== (announcement?.id ?? id));
    const at = list.findIndex((one) => one.id === announcement?.id);
    set(announcement ? others.toSpliced(Math.max(at, 0), 0, announcement) : others);
    toast(sentence, 'info', { label: say('undo'), run: () => takeBack(audit_id) });
  };
  const takeBack = async (auditId: string) => {
    const outcome = await undoAnnouncement(auditId);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('isUndone'));
    reload();
  };
  const turn =
    (call: (id: string) => Promise<ApiOutcome<AnnouncementChange>>, sentence: string) =>
    async ({ id }: AdminAnnouncement) => {
      setBusy(id);
      const outcome = await call(id);
      setBusy(null);
      if (outcome.ok) done(sentence, id, outcome.value);
      else toast(outcome.sentence, 'error');
    };

  return (
    <Page title={say('title')} width="wide">
      <div class={styles.form}>
        <p>{say('intro')}</p>
        <div>
          <Button icon="plus" onPress={() => setEditing('new')}>
            {say('add')}
          </Button>
        </div>
      </div>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'ready' && list.length === 0 && (
        <Notice icon="info" title={say('empty')} text={say('emptyText')} />
      )}
      {list.length > 0 && (
        <AnnouncementTable
          list={list}
          busy={busy}
          onEdit={setEditing}
          onPublish={turn(publishAnnouncement, say('isShown'))}
          onEnd={turn(endAnnouncement, say('isOver'))}
          onRemove={turn(removeAnnouncement, say('isRemoved'))}
        />
      )}
      {editing && (
        <AnnouncementEditor
          announcement={editing === 'new' ? null : editing}
          onSaved={(change) => {
            setEditing(null);
            done(say('saved'), null, change);
          }}
          onClose={() => setEditing(null)}
        />
      )}
    </Page>
  );
}

const TONES = { draft: 'plain', scheduled: 'plain', shown: 'good', ended: 'plain' } as const;
/** So much of a text names it for people who listen to the page. */
const NAME_CHARACTERS = 60;

interface TableProps {
  readonly list: readonly AdminAnnouncement[];
  readonly busy: string | null;
  readonly onEdit: (one: AdminAnnouncement) => void;
  readonly onPublish: (one: AdminAnnouncement) => void;
  readonly onEnd: (one: AdminAnnouncement) => void;
  readonly onRemove: (one: AdminAnnouncement) => void;
}

function AnnouncementTable({ list, busy, onEdit, onPublish, onEnd, onRemove }: TableProps) {
  const at = (iso: string | null) => (iso === null ? '–' : moment(iso));
  return (
    <DataTable
      label={say('title')}
      rows={list}
      rowKey={({ id }) => id}
      head={{
        ...{ title: say('text'), wide: true },
        cell: ({ content }) => (
          <span class={styles.text} dir="auto">
            {plainText(content)}
          </span>
        ),
      }}
      columns={[
        { title: say('state'), cell: ({ state }) => <Badge tone={TONES[state]}>{say(state)}</Badge> },
        { title: say('shownFrom'), cell: ({ publish_at }) => at(publish_at) },
        { title: say('endsAt'), cell: ({ ends_at }) => at(ends_at) },
        {
          title: say('reactions'),
          cell: ({ reactions }) =>
            reactions.map((one) => `${one.name} ${count(one.count)}`).join('  ') || say('none'),
        },
      ]}
      actions={(one) => {
        const text = plainText(one.content).slice(0, NAME_CHARACTERS);
        const isOpen = one.state === 'shown' || one.state === 'scheduled';
        const isBusy = busy === one.id;
        return (
          <>
            {one.state !== 'shown' && (
              <Button
                look="quiet"
                busy={isBusy}
                label={say('publishWhich', { text })}
                onPress={() => onPublish(one)}
              >
                {say('publish')}
              </Button>
            )}
            {isOpen && (
              <Button look="quiet" busy={isBusy} label={say('endWhich', { text })} onPress={() => onEnd(one)}>
                {say('end')}
              </Button>
            )}
            <Button look="quiet" label={say('changeWhich', { text })} onPress={() => onEdit(one)}>
              {say('change')}
            </Button>
            <Button
              look="quiet"
              busy={isBusy}
              label={say('removeWhich', { text })}
              onPress={() => onRemove(one)}
            >
              {say('remove')}
            </Button>
          </>
        );
      }}
    />
  );
}
