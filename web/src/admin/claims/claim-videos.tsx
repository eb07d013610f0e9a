import type { AdminClaimDetail } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Cover } from '../actions/cover.tsx';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { previewOf } from './calls.ts';
import styles from './claims.module.css';
import { say } from './say.ts';

type ClaimVideo = AdminClaimDetail['videos'][number];

/** The videos of a claim, and before it is upheld, what goes with them. */
export function ClaimVideos({ claim }: { claim: AdminClaimDetail }) {
  return (
    <>
      <Section title={say('videos')}>
        <DataTable
          label={say('videos')}
          rows={claim.videos}
          rowKey={({ id }) => id}
          head={{
            title: say('video'),
            cell: ({ id, url, video }) =>
              video ? (
                <Cover video={video} />
              ) : (
                <a class={styles.link} href={url}>
                  {id}
                </a>
              ),
          }}
          columns={[
            {
              title: say('author'),
              cell: ({ video }) =>
                video?.account ? (
                  <a class={styles.link} href={`/admin/accounts/${video.account.id}`}>
                    <bdi>@{video.account.acct}</bdi>
                  </a>
                ) : (
                  say('gone')
                ),
            },
            {
              title: say('place'),
              wide: true,
              cell: ({ url }) => (
                <a class={styles.link} href={url}>
                  {url}
                </a>
              ),
            },
            { title: say('via'), cell: ({ via }) => say('viaOf', { via }) },
            { title: say('state'), cell: (video) => <Standing video={video} /> },
          ]}
        />
      </Section>
      {claim.state === 'open' && <Also id={claim.id} />}
    </>
  );
}

function Standing({ video: { removed, restored } }: { video: ClaimVideo }) {
  if (removed) return <Badge tone="bad">{say('removed')}</Badge>;
  return <Badge tone="good">{say(restored ? 'restored' : 'seen')}</Badge>;
}

function Also({ id }: { id: string }) {
  const [remote, reload] = useRemote(`claim-preview ${id}`, () => previewOf(id));
  return (
    <Section title={say('alsoTitle')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && (
        <>
          <p>{say(remote.value.videos.length === 0 ? 'alsoNone' : 'also')}</p>
          {remote.value.videos.length > 0 && (
            <ul aria-label={say('alsoTitle')}>
              {remote.value.videos.map((video) => (
                <li key={video.id}>
                  <a class={styles.link} href={video.url}>
                    {video.url}
                  </a>{' '}
                  · {say('viaOf', { via: video.via })}
                </li>
              ))}
            </ul>
          )}
          {!remote.value.complete && <p>{say('alsoMore')}</p>}
        </>
      )}
    </Section>
  );
}

/** Who posted them, and how often that was so before. */
export function Uploaders({ claim }: { claim: AdminClaimDetail }) {
  return (
    <Section title={say('uploaders')}>
      <DataTable
        label={say('uploaders')}
        rows={claim.uploaders}
        rowKey={({ account }) => account.id}
        head={{
          title: say('author'),
          cell: ({ account }) => (
            <a class={styles.link} href={`/admin/accounts/${account.id}`}>
              <bdi>@{account.acct}</bdi>
            </a>
          ),
        }}
        columns={[
          {
            title: say('upheld'),
            cell: ({ upheld, at_limit }) => (
              <>
                {count(upheld)} {at_limit && <Badge tone="bad">{say('atLimit')}</Badge>}
              </>
            ),
          },
          {
            title: say('title'),
            wide: true,
            cell: ({ history }) =>
              history
                .map(({ state, count: number }) =>
                  say('historyOf', { state: say('stateOf', { state }), count: number }),
                )
                .join(' · '),
          },
        ]}
      />
    </Section>
  );
}
