import { useState } from 'preact/hooks';
import { number } from '../../i18n/formats.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { useAddressState } from '../parts/address-state.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { decide, type Kind, kinds, MOST, type Trend, trends, type Verb } from './calls.ts';
import { say } from './say.ts';
import { TrustForm } from './trust-form.tsx';

/** What trends and what is kept from it, and what the staff decides about that. */
export function TrendsPage() {
  const state = useAddressState();
  const kind = kinds.find((one) => one === state.get('kind')) ?? 'tags';
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <Tabs
        label={say('kinds')}
        current={kind}
        tabs={kinds.map((id) => ({ id, label: say(id) }))}
        onChange={(next) => state.set({ kind: next === 'tags' ? '' : next })}
      />
      <TabPanel id={kind}>
        <Trending key={kind} kind={kind} />
      </TabPanel>
      <Section title={say('trust')}>
        <TrustForm />
      </Section>
    </Page>
  );
}

type Standing = NonNullable<Trend['decision']>['standing'];

const STANDINGS: Readonly<
  Record<Standing, { readonly words: string; readonly tone: Tone; readonly verb: Verb }>
> = {
  held: { words: say('stateHeld'), tone: 'bad', verb: 'hold' },
  vetoed: { words: say('stateVetoed'), tone: 'bad', verb: 'reject' },
  approved: { words: say('stateApproved'), tone: 'good', verb: 'approve' },
  open: { words: say('stateOpen'), tone: 'plain', verb: 'release' },
};
const standingOf = ({ decision }: Trend): Standing => decision?.standing ?? 'open';

function Trending({ kind }: { kind: Kind }) {
  const [remote, retry, set] = useRemote(kind, () => trends[kind](0));
  const [hasMore, setHasMore] = useState(true);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={retry} />;
  if (remote.value.length === 0) return <Notice icon="hash" title={say('empty')} text={say('emptyText')} />;

  const shown = remote.value;
  const act = async (trend: Trend, verb: Verb, before: Verb | null) => {
    const outcome = await decide(kind, trend.key, verb);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const undo = before && { label: say('undo'), run: () => void act(trend, before, null) };
    toast(say('done'), 'info', undo ?? undefined);
    const now = await trends[kind](0);
    if (!now.ok) return;
    setHasMore(true);
    set(now.value);
  };
  const more = async () => {
    const next = await trends[kind](shown.length);
    if (!next.ok) return toast(next.sentence, 'error');
    setHasMore(next.value.length >= MOST);
    set([...shown, ...next.value.filter(({ key }) => !shown.some((one) => one.key === key))]);
  };
  return (
    <>
      <DataTable
        label={say(kind)}
        rows={shown}
        rowKey={({ key }) => key}
        head={{ title: say('what'), wide: true, cell: (trend) => <Name {...trend} /> }}
        columns={[
          { title: say('state'), cell: (trend) => <State standing={standingOf(trend)} /> },
          { title: say('why'), wide: true, cell: (trend) => <span dir="auto">{whyOf(trend)}</span> },
        ]}
        actions={(trend) => (
          <Deeds trend={trend} onAct={(verb) => act(trend, verb, STANDINGS[standingOf(trend)].verb)} />
        )}
      />
      {hasMore && shown.length >= MOST && (
        <Button look="quiet" onPress={more}>
          {say('more')}
        </Button>
      )}
    </>
  );
}

function Name({ name, href }: Trend) {
  return href === null ? (
    <bdi>{name}</bdi>
  ) : (
    <a href={href}>
      <bdi>{name}</bdi>
    </a>
  );
}

function State({ standing }: { standing: Standing }) {
  const { words, tone } = STANDINGS[standing];
  return <Badge tone={tone}>{words}</Badge>;
}

/** Why the brake held it, and what whoever decided wrote. */
function whyOf({ decision }: Trend): string {
  if (decision === null) return '';
  const share = number(decision.share ?? 0, { style: 'percent' });
  const brake =
    decision.reason === 'strangers'
      ? [say('strangers', { share })]
      : decision.reason === 'one-domain'
        ? [say('oneDomain', { share, domain: decision.domain ?? '' })]
        : [];
  return [...brake, ...(decision.note === '' ? [] : [say('note', { note: decision.note })])].join('. ');
}

function Deeds({ trend, onAct }: { trend: Trend; onAct: (verb: Verb) => void }) {
  const standing = standingOf(trend);
  const what = trend.name;
  return (
    <>
      {standing !== 'approved' && (
        <Button look="quiet" label={say('approveWhich', { what })} onPress={() => onAct('approve')}>
          {say('approve')}
        </Button>
      )}
      {standing !== 'vetoed' && (
        <Button look="quiet" label={say('rejectWhich', { what })} onPress={() => onAct('reject')}>
          {say('reject')}
        </Button>
      )}
      {(standing === 'approved' || standing === 'vetoed') && (
        <Button look="quiet" label={say('releaseWhich', { what })} onPress={() => onAct('release')}>
          {say('release')}
        </Button>
      )}
    </>
  );
}
