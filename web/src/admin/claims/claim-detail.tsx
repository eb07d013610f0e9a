import { useState } from 'preact/hooks';
import type { AdminClaimDetail } from '../../api/schema.gen.ts';
import { day } from '../../format.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useInterval } from '../../ui/use-interval.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { Detail, Facts, Section } from '../parts/detail.tsx';
import { may } from '../permissions.ts';
import { claimById, type Deed } from './calls.ts';
import { ClaimVideos, Uploaders } from './claim-videos.tsx';
import styles from './claims.module.css';
import { type CLAIM_WORDS, DecideDialog } from './decide-dialog.tsx';
import { say } from './say.ts';
import { ClaimState } from './state.tsx';

/** How often it is looked how far a decision has come. */
const PROGRESS_MS = 5_000;

/** One claim: what is claimed, what goes with it, who is concerned, and the way to decide. */
export function ClaimDetail({ id }: { id: string }) {
  const [remote, reload, set] = useRemote(`claim ${id}`, () => claimById(id));
  // What is there stays until the answer comes: somebody may be reading it.
  const look = async () => {
    const outcome = await claimById(id);
    if (outcome.ok) set(outcome.value);
  };
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return <Known claim={remote.value} onChange={set} onLook={look} />;
}

interface KnownProps {
  readonly claim: AdminClaimDetail;
  readonly onChange: (claim: AdminClaimDetail) => void;
  readonly onLook: () => void;
}

function Known({ claim, onChange, onLook }: KnownProps) {
  const { to_remove: toRemove, to_return: toReturn } = claim.remaining;
  const [deed, begin] = useState<Deed | null>(null);
  // Not while somebody decides: what is answered to that is newer.
  useInterval(onLook, toRemove + toReturn > 0 && deed === null ? PROGRESS_MS : null);
  return (
    <Detail
      title={say('claimNo', { id: claim.id })}
      back={{ href: '/admin/claims', words: say('title') }}
      badges={<ClaimState claim={claim} />}
      actions={<Actions claim={claim} onBegin={begin} />}
    >
      <Section title={say('claim')}>
        <p class={styles.text} dir="auto">
          {claim.work}
        </p>
        <Facts facts={factsOf(claim)} />
      </Section>
      <p role="status" class={styles.text}>
        {toRemove > 0 && say('toRemove', { count: toRemove })}{' '}
        {toReturn > 0 && say('toReturn', { count: toReturn })}
      </p>
      <ClaimVideos claim={claim} />
      <Uploaders claim={claim} />
      {claim.counter_notices.length > 0 && (
        <Section title={say('counters')}>
          {claim.counter_notices.map((counter) => (
            <Countered key={counter.id} counter={counter} claim={claim} onBegin={begin} />
          ))}
        </Section>
      )}
      {deed && (
        <DecideDialog
          deed={deed}
          onDone={(changed) => {
            begin(null);
            onChange(changed);
          }}
          onClose={() => begin(null)}
        />
      )}
    </Detail>
  );
}

interface Beginning {
  readonly claim: AdminClaimDetail;
  readonly onBegin: (deed: Deed) => void;
}

/** What can be decided about a claim, by what it is. */
const VERBS: Readonly<Record<AdminClaimDetail['state'], readonly (keyof typeof CLAIM_WORDS)[]>> = {
  ...{ unconfirmed: [], open: ['uphold', 'reject'], upheld: ['restore'] },
  ...{ rejected: ['reopen'], withdrawn: [], restored: ['uphold'] },
};

function Actions({ claim, onBegin }: Beginning) {
  const verbs = may('content') ? VERBS[claim.state] : [];
  return (
    <>
      {verbs.map((verb) => (
        <Button
          key={verb}
          look={verb === 'uphold' ? 'danger' : 'quiet'}
          onPress={() => onBegin({ of: 'claim', verb, id: claim.id })}
        >
          {say(verb)}
        </Button>
      ))}
      {may('audit') && (
        <ButtonLink look="quiet" href={`/admin/audit?target_kind=claim&target_id=${claim.id}`}>
          {say('log')}
        </ButtonLink>
      )}
    </>
  );
}

function factsOf(claim: AdminClaimDetail) {
  const history = claim.claimant_history;
  const filed = history.reduce((sum, { count }) => sum + count, 0);
  return [
    { term: say('claimant'), value: claim.name },
    {
      term: say('email'),
      value: claim.confirmed ? claim.email : `${claim.email} (${say('notConfirmed')})`,
    },
    { term: say('organisation'), value: claim.organisation },
    { term: say('address'), value: claim.address },
    { term: say('country'), value: claim.country },
    { term: say('actsAs'), value: say(claim.acts_as) },
    { term: say('originals'), value: claim.originals.length === 0 ? '' : <Links urls={claim.originals} /> },
    { term: say('signature'), value: claim.signature },
    { term: say('filed'), value: <TimeAgo iso={claim.created_at} /> },
    {
      term: say('history'),
      value:
        filed <= 1
          ? say('first')
          : history
              .map(({ state, count }) => say('historyOf', { state: say('stateOf', { state }), count }))
              .join(' · '),
    },
    ...(claim.decided_at === null
      ? []
      : [
          { term: say('decision'), value: <TimeAgo iso={claim.decided_at} /> },
          { term: say('decidedBy'), value: claim.decided_by && `@${claim.decided_by.acct}` },
          { term: say('answer'), value: claim.answer },
        ]),
  ];
}

function Links({ urls }: { urls: readonly string[] }) {
  return (
    <>
      {urls.map((url) => (
        <a key={url} class={styles.link} href={url} rel="noopener nofollow" target="_blank">
          {url}
        </a>
      ))}
    </>
  );
}

function Countered(props: Beginning & { counter: AdminClaimDetail['counter_notices'][number] }) {
  const { counter, claim, onBegin } = props;
  const { id, state, account } = counter;
  const canBe =
    may('content') && (claim.state === 'upheld' || (claim.state === 'restored' && state === 'accepted'));
  return (
    <article class={styles.counter}>
      <h3>
        <bdi>@{account?.acct}</bdi> · {say('stateOf', { state })}
      </h3>
      <p class={styles.text} dir="auto">
        {counter.text}
      </p>
      <p dir="auto">
        {counter.signature} · {counter.name}, {counter.address}, {counter.country}
      </p>
      {state === 'waiting' && <p>{say('counterDue', { day: day(counter.due_at) })}</p>}
      {counter.court !== '' && (
        <p dir="auto">
          {say('court')}: {counter.court}
        </p>
      )}
      {counter.answer !== '' && <p dir="auto">{counter.answer}</p>}
      {canBe && (
        <div class={styles.row}>
          {state !== 'accepted' && (
            <Button onPress={() => onBegin({ of: 'counter', verb: 'accept', id })}>{say('accept')}</Button>
          )}
          {state !== 'rejected' && (
            <Button look="quiet" onPress={() => onBegin({ of: 'counter', verb: 'reject', id })}>
              {say('reject')}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}
