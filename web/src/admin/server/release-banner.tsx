import { useState } from 'preact/hooks';
import { me } from '../../state/session.ts';
import { store, stored } from '../../state/stored.ts';
import { toast } from '../../state/toasts.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Callout } from '../parts/callout.tsx';
import { releases } from './calls.ts';
import { say } from './say.ts';
import styles from './server.module.css';

/** Each of the staff hides it alone, on each device. */
const keyOf = () => `vireo.release-hidden.${me.value?.id ?? ''}`;

/** On every page of the staff: there is a newer version, and a louder word where it mends a hole. */
export function ReleaseBanner() {
  const [remote] = useRemote('releases', releases);
  const [hidden, setHidden] = useState(() => stored(keyOf()));
  if (remote.state !== 'ready' || remote.value.newest === null) return null;
  const { version: running, newest } = remote.value;
  const { version, url, security } = newest;
  if (hidden === version) return null;
  const hide = () => {
    store(keyOf(), version);
    setHidden(version);
    toast(say('hidden'));
  };
  return (
    <div class={styles.banner}>
      <Callout
        tone={security ? 'bad' : 'plain'}
        title={say(security ? 'security' : 'newer', { version })}
        text={say(security ? 'securityText' : 'newerText', { running })}
      >
        <ButtonLink small href={url}>
          {say('news')}
        </ButtonLink>
        <Button small look="quiet" onPress={hide}>
          {say('hide')}
        </Button>
      </Callout>
    </div>
  );
}
