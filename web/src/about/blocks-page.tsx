import type { InstanceDomainBlock } from '../api/schema.gen.ts';
import { me, serverName } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { signInPath } from '../ui/links.ts';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import styles from './about.module.css';
import { limitedServers } from './calls.ts';
import { say } from './say.ts';

/** Whom the server limits, and why, where it shows that to whoever asks. */
export function BlocksPage() {
  const [remote, reload] = useRemote(`blocks ${me.value?.id}`, limitedServers);
  return (
    <Page title={say('blocksTitle', { server: serverName() })}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' &&
        (remote.failure.status === 404 ? <Hidden /> : <Failed failure={remote.failure} onRetry={reload} />)}
      {remote.state === 'ready' && <Blocks blocks={remote.value} />}
    </Page>
  );
}

function Hidden() {
  return (
    <Notice icon="covered" title={say('hidden')} text={say('hiddenText')}>
      {me.value === null && <ButtonLink href={signInPath()}>{say('signIn')}</ButtonLink>}
    </Notice>
  );
}

function Blocks({ blocks }: { blocks: readonly InstanceDomainBlock[] }) {
  if (blocks.length === 0) return <Notice icon="globe" title={say('noBlocks')} text={say('noBlocksText')} />;
  return (
    <>
      <p>{say('blocksIntro')}</p>
      <table class={styles.blocks}>
        <thead>
          <tr>
            <th scope="col">{say('server')}</th>
            <th scope="col">{say('level')}</th>
            <th scope="col">{say('why')}</th>
          </tr>
        </thead>
        <tbody>
          {blocks.map(({ domain, digest, severity, comment }) => (
            <tr key={digest}>
              <th scope="row">
                <bdi>{domain}</bdi>
              </th>
              <td>{say(severity)}</td>
              <td dir="auto">{comment || say('noReason')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
