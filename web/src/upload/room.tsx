import { request } from '../api/client.ts';
import type { OwnStorage } from '../api/schema.gen.ts';
import { bytes } from '../format.ts';
import { useRemote } from '../ui/use-remote.ts';
import { say } from './say.ts';
import styles from './upload.module.css';

const ownStorage = () => request<OwnStorage>('GET', '/api/v1/studio/storage');

/** How much of one's room is taken, where that has an end. An upload that does not fit is refused with the same numbers. */
export function Room() {
  const [remote] = useRemote('room', ownStorage);
  if (remote.state !== 'ready' || remote.value.max_bytes === null) return null;
  const { used_bytes: used, max_bytes: max } = remote.value;
  return <p class={styles.limits}>{say('room', { used: bytes(used), max: bytes(max) })}</p>;
}
