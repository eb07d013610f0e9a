import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { plainText } from '../../format.ts';
import { me } from '../../state/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Failed, Loading, Notice } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { ActionDialog } from '../actions/action-dialog.tsx';
import type { ActionTarget } from '../actions/calls.ts';
import { say as sayAction } from '../actions/say.ts';
import { Badge } from '../parts/badge.tsx';
import { Detail, Section } from '../parts/detail.tsx';
import { may } from '../permissions.ts';
import { type Collected, type DeskReport, type GroupPage, groupPage } from './calls.ts';
import { CloseDialog, type Closing } from './close-dialog.tsx';
import { change, offerBack, undoLast } from './deeds.ts';
import { EvidenceDialog } from './evidence-dialog.tsx';
import { GiveTo } from './give-to.tsx';
import { History } from './history.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { Notes } from './notes.tsx';
import { OriginDialog } from './origin-dialog.tsx';
import { ReportList } from './report-list.tsx';
import styles from './reports.module.css';
import { say } from './say.ts';
import { TakeDown } from './take-down.tsx';
import { useKeys } from './use-keys.ts';

/** Everything about one reported account on one screen. */
export function ReportPage({ id }: { id: string }) {
  const [remote, reload] = useRemote(id, () => groupPage(id));
  const [known, setKnown] = useState<GroupPage | null>(null);
  useEffect(() => {
    // What was there stays while it is looked at again.
    if (remote.state === 'ready') setKnown(remote.value);
  }, [remote]);
  if (remote.state === 'failed' && remote.failure.status === 404) return <Nobody id={id} />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return known ? <Known page={known} onChange={reload} /> : <Loading />;
}

/** Whoever looks for the reports of an account that nobody reported. */
function Nobody({ id }: { id: string }) {
  return (
    <Notice icon="flag" title={say('nobody')} text={say('nobodyText')} level={1}>
      <ButtonLink look="quiet" href={may('accounts') ? `/admin/accounts/${id}` : '/admin/reports'}>
        {say(may('accounts') ? 'toAccount' : 'back')}
      </ButtonLink>
    </Notice>
  );
}

function Known({ page, onChange }: { page: GroupPage; onChange: () => void }) {
  const { query, route, path } = useLocation();
  const [closing, setClosing] = useState<Closing | null>(null);
  const [telling, setTelling] = useState<DeskReport | null>(null);
  const [taking, setTaking] = useState<Collected | null>(null);
  const [helping, setHelping] = useState(false);
  const [acting, setActing] = useState(false);
  const { target_account: target } = page;
  const open = page.reports.filter(({ state }) => state === 'open');
  const closed = page.reports.filter(({ state }) => state !== 'open');
  const targets = targetsOf(page);
  const isMine = open.some(({ assigned_to }) => assigned_to?.id === me.value?.id);
  const takers = [...new Set(open.flatMap(({ assigned_to }) => assigned_to?.username ?? []))];
  const give = (to: string | null) => void change(open, { change: 'assign', to }, onChange);
  const take = () => give(isMine ? null : (me.value?.id ?? null));
  const whenOpen = (act: () => void) => () => open.length > 0 && act();
  const showEvidence = (report: string) =>
    route(report === '' ? path : `${path}?evidence=${encodeURIComponent(report)}`, true);
  useKeys({
    a: whenOpen(take),
    m: whenOpen(() => targets && setActing(true)),
    r: whenOpen(() => setClosing({ as: 'resolve', reports: open })),
    d: whenOpen(() => setClosing({ as: 'dismiss', reports: open })),
    e: () => showEvidence(page.reports[0]?.id ?? ''),
    u: undoLast,
    '?': () => setHelping(true),
  });
  return (
    <Detail
      title={say('about', { username: target.acct })}
      back={{ href: '/admin/reports', words: say('back') }}
      badges={takers.map((username) => (
        <Badge key={username} tone="good">
          {say('takenBy', { username })}
        </Badge>
      ))}
      actions={
        open.length > 0 && (
          <>
            <Button look="quiet" onPress={take}>
              {say(isMine ? 'giveBack' : 'take')}
            </Button>
            <GiveTo onGive={give} />
            {targets && (
              <Button look="danger" onPress={() => setActing(true)}>
                {sayAction('act')}
              </Button>
            )}
            <Button onPress={() => setClosing({ as: 'resolve', reports: open })}>{say('resolve')}</Button>
            <Button look="quiet" onPress={() => setClosing({ as: 'dismiss', reports: open })}>
              {say('dismiss')}
            </Button>
          </>
        )
      }
    >
      <Section title={say('reports')}>
        {page.count > page.reports.length && (
          <p>{say('more', { shown: page.reports.length, count: page.count })}</p>
        )}
        <ReportList page={page} onEvidence={showEvidence} onTell={setTelling} onTakeDown={setTaking} />
        {closed.length > 0 && (
          <p class={styles.buttons}>
            <Button look="quiet" onPress={() => change(closed, { change: 'reopen' }, onChange)}>
              {say('reopen')}
            </Button>
          </p>
        )}
      </Section>
      <Notes accountId={target.id} notes={page.notes} onChange={onChange} />
      <History page={page} />
      {query.evidence && <EvidenceDialog reportId={query.evidence} onClose={() => showEvidence('')} />}
      {closing && <CloseDialog {...closing} onDone={onChange} onClose={() => setClosing(null)} />}
      {telling && target.host !== null && (
        <OriginDialog
          report={telling}
          host={target.host}
          onDone={onChange}
          onClose={() => setTelling(null)}
        />
      )}
      {taking && (
        <TakeDown
          collected={taking}
          reports={open.filter(({ pack_ids, playlist_ids }) =>
            [...pack_ids, ...playlist_ids].includes(taking.id),
          )}
          onDone={(auditIds) => {
            setTaking(null);
            offerBack(say('isTakenDown', { kind: taking.kind }), auditIds, onChange);
            onChange();
          }}
          onClose={() => setTaking(null)}
        />
      )}
      {acting && targets && (
        <ActionDialog
          targets={targets}
          reports={open.map(({ id, version }) => ({ id, version }))}
          onDone={({ action, audit_ids }) => {
            setActing(false);
            offerBack(sayAction('done', { action: sayAction('did', { action }) }), audit_ids, onChange);
            onChange();
          }}
          onClose={() => setActing(false)}
        />
      )}
      {helping && <KeysDialog onClose={() => setHelping(false)} />}
    </Detail>
  );
}

/** The account and what was reported of it, as far as one may act on each; null: on nothing. */
function targetsOf({
  target_account: target,
  posts,
  statuses,
}: GroupPage): [ActionTarget, ...ActionTarget[]] | null {
  const account = { kind: 'account', id: target.id } as const;
  const reported = posts.flatMap(({ kind, id }) =>
    kind === 'pack' || kind === 'playlist'
      ? []
      : { kind, id, says: plainText(statuses.find((status) => status.id === id)?.content ?? '') },
  );
  const [first, ...rest] = [...(may('accounts') ? [account] : []), ...(may('content') ? reported : [])];
  return first === undefined ? null : [first, ...rest];
}
