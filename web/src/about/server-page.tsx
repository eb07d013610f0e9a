import type { ComponentChildren } from 'preact';
import type { V1Instance } from '../api/schema.gen.ts';
import { count } from '../format.ts';
import { instance, serverName } from '../state/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Handle } from '../ui/handle.tsx';
import { profilePath } from '../ui/links.ts';
import { Failed, Loading, Page } from '../ui/page.tsx';
import { ServerHtml } from '../ui/server-html.tsx';
import { useRemote } from '../ui/use-remote.ts';
import styles from './about.module.css';
import { countedInstance, extendedDescription } from './calls.ts';
import { say } from './say.ts';

/** What the server is for, who runs it, how large it is and by what it runs. */
export function ServerPage() {
  const [text, reload] = useRemote('about', extendedDescription);
  const server = instance.value;
  return (
    <Page title={say('title', { server: serverName() })}>
      {server?.description && (
        <p class={styles.lead} dir="auto">
          {server.description}
        </p>
      )}
      <Staff />
      {text.state === 'loading' && <Loading />}
      {text.state === 'failed' && <Failed failure={text.failure} onRetry={reload} />}
      {/* Where nothing was written at length, it is the description again. */}
      {text.state === 'ready' && text.value.updated_at !== null && (
        <ServerHtml class={styles.text} html={text.value.content} />
      )}
      <Numbers />
      <Software />
    </Page>
  );
}

const Section = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class={styles.section}>
    <h2>{title}</h2>
    {children}
  </section>
);

function Staff() {
  const { account = null, email = '' } = instance.value?.contact ?? {};
  return (
    <Section title={say('staff')}>
      {account && (
        <a class={styles.who} href={profilePath(account)}>
          <Avatar account={account} size={44} />
          <span>
            <strong dir="auto">{account.display_name || account.username}</strong>
            <Handle account={account} />
          </span>
        </a>
      )}
      {email !== '' && (
        <p>
          <a href={`mailto:${email}`}>{say('mail', { address: email })}</a>
        </p>
      )}
      {!account && email === '' && <p>{say('noStaff')}</p>}
    </Section>
  );
}

function Numbers() {
  const [remote] = useRemote('numbers', countedInstance);
  if (remote.state !== 'ready') return null;
  const numbers = numbersOf(remote.value);
  return (
    <Section title={say('numbers')}>
      <dl class={styles.numbers}>
        {numbers.map(([name, n]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(n)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function numbersOf({ stats }: V1Instance): readonly (readonly [string, number])[] {
  return [
    [say('accounts'), stats.user_count],
    [say('active'), instance.value?.usage.users.active_month ?? 0],
    [say('posts'), stats.status_count],
    [say('servers'), stats.domain_count],
  ];
}

function Software() {
  const server = instance.value;
  if (!server) return null;
  // Clients read the version of the API first; ours stands behind it.
  const version = /Vireo ([^)\s]+)/.exec(server.version)?.[1] ?? server.version;
  const isSaid = new URL(server.source_url).origin !== location.origin;
  return (
    <Section title={say('software')}>
      <p>
        {say('version', { version })} {isSaid && <a href={server.source_url}>{say('source')}</a>}
      </p>
    </Section>
  );
}
