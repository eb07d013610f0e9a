import { type PeopleBridgeDeps, peopleBridge } from './bridge-people.ts';
import { type PostBridgeDeps, postBridge } from './bridge-posts.ts';
import { type RelayBridgeDeps, relayBridge } from './bridge-relays.ts';
import { remixBridge } from './bridge-remixes.ts';

export type BridgeDeps = PostBridgeDeps & PeopleBridgeDeps & RelayBridgeDeps;

/**
 * The only place that turns what happened here into activities. Runs in the relay's transaction: the
 * activity and its deliveries exist exactly when the event was handled.
 */
export function createBridge(deps: BridgeDeps) {
  return { ...postBridge(deps), ...peopleBridge(deps), ...relayBridge(deps), ...remixBridge(deps) };
}
