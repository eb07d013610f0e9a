import { useEffect, useRef } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import type { ApiFailure } from '../api/client.ts';
import { say as sayOfFailures } from '../api/say.ts';
import { NotFoundPage } from '../shell/not-found.tsx';
import { isStaff, lookAgainAtMe, me } from '../state/session.ts';
import { Beside, Place, PlaceGroup } from '../ui/beside.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Failed, Loading, Notice } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import styles from './admin-page.module.css';
import { type AdminEntry, adminGroups, adminPages } from './pages.ts';
import { may } from './permissions.ts';
import { say } from './say.ts';
import { ReleaseBanner } from './server/release-banner.tsx';

const OVERVIEW = 'overview';

/** Everything for the people who run this server: where to go beside the page that is shown, or above it in a menu on phones. */
export function AdminPage() {
  return (
    <NeedsSession title={say('title')} text={say('needed')}>
      <Guarded />
    </NeedsSession>
  );
}

function Guarded() {
  const lacks = me.value?.staff?.lacks_second_factor === true;
  // Somebody who comes back from setting one up is let in.
  useEffect(() => {
    if (lacks) lookAgainAtMe();
  }, [lacks]);
  if (!isStaff(me.value)) return <Refusal title={say('title')} text={say('staffOnly')} />;
  if (!lacks) return <Frame />;
  return (
    <Notice icon="key" title={say('secondFactor')} text={say('secondFactorText')} level={1}>
      <ButtonLink href="/settings/security">{say('setUp')}</ButtonLink>
    </Notice>
  );
}

const Refusal = ({ title, text }: { title: string; text: string }) => (
  <Notice icon="shield" title={title} text={text} level={1} />
);

function Frame() {
  const { page, id } = useRoute().params;
  const entry = page === undefined ? undefined : adminPages[page];
  if ((page !== undefined && !entry) || (id !== undefined && !entry?.hasDetails)) return <NotFoundPage />;
  return (
    <Beside wide label={say('title')} places={<Places current={page} />}>
      <PhoneMenu current={page} />
      <div class={styles.content}>
        {may('settings') && <ReleaseBanner />}
        {entry && !may(entry.needs) ? (
          <Refusal title={say(entry.title)} text={say('noPermission')} />
        ) : (
          <Content key={page} name={page ?? OVERVIEW} load={entry?.load ?? loadOverview} id={id} />
        )}
      </div>
    </Beside>
  );
}

const loadOverview: AdminEntry['load'] = () =>
  import('./overview/overview-page.tsx').then((module) => module.OverviewPage);

const notFetched = (): ApiFailure => ({
  ok: false,
  ...{ status: 0, reason: 'unreachable', sentence: sayOfFailures('unreachable'), fields: {} },
});

/** One page, which is fetched first. */
function Content({ name, load, id }: { name: string; load: AdminEntry['load']; id: string | undefined }) {
  const [remote, reload] = useRemote(name, () =>
    load().then((Page) => ({ ok: true as const, value: { Page } }), notFetched),
  );
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const { Page } = remote.value;
  return <Page key={id} id={id} />;
}

/** Closes once a place in it was chosen. */
function PhoneMenu({ current }: { current: string | undefined }) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (box.current) box.current.open = false;
  }, [current]);
  const entry = current === undefined ? undefined : adminPages[current];
  return (
    <details class={styles.menu} ref={box}>
      <summary>
        <Icon name="down" size={20} />
        {say('menu')}: {say(entry?.title ?? 'overview')}
      </summary>
      <nav aria-label={say('title')}>
        <Places current={current} />
      </nav>
    </details>
  );
}

function Places({ current }: { current: string | undefined }) {
  return (
    <>
      <Place href="/admin" icon="home" title={say('overview')} isCurrent={current === undefined} />
      {adminGroups.map((group) => {
        const entries = Object.entries(adminPages).filter(
          ([, entry]) => entry.group === group && may(entry.needs),
        );
        if (entries.length === 0) return null;
        return (
          <PlaceGroup key={group} title={say(group)}>
            {entries.map(([name, entry]) => (
              <li key={name}>
                <Place
                  href={`/admin/${name}`}
                  icon={entry.icon}
                  title={say(entry.title)}
                  isCurrent={name === current}
                />
              </li>
            ))}
          </PlaceGroup>
        );
      })}
    </>
  );
}
