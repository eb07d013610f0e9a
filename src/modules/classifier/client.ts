import { classifierLimits } from '../../../config/classifier-limits.ts';
import type { Config } from '../../../config/config.ts';
import type { Clock } from '../../lib/clock.ts';
import { purposeKey } from '../../lib/crypto.ts';
import type { FetchReason } from '../../lib/net/fetch-failure.ts';
import type { FormPoster } from '../../lib/net/form-post.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type Failure, fail, type Ok } from '../../lib/result.ts';
import type { Label } from '../rules/index.ts';
import { readAnswer, signatureOf } from './protocol.ts';

export interface ClientDeps {
  readonly config: Pick<Config, 'classifier' | 'told'>;
  readonly instanceSecret: string;
  readonly clock: Clock;
  /** For an address that the operator wrote into the environment. */
  readonly poster: Pick<FormPoster, 'postText'>;
  /** For one that was set from a page. */
  readonly request: SafeFetch['request'];
}

export type Answer = Ok<{ readonly labels: readonly Label[] }> | Failure<'unavailable' | 'refused' | 'off'>;

/** Statuses that say "later" though they are of the 400s. */
const LATER = new Set([408, 429]);

/** Failures that are the same in every try. */
const FINAL: ReadonlySet<FetchReason> = new Set([
  ...(['blocked-address', 'blocked-url', 'too-large', 'too-many-redirects'] as const),
]);

/** The secret that requests are signed with. */
export function secretOf({ config, instanceSecret }: Pick<ClientDeps, 'config' | 'instanceSecret'>): string {
  const { secret } = config.classifier;
  return secret?.reveal() ?? purposeKey({ instanceSecret, purpose: 'classifier' }).toString('base64url');
}

/**
 * Asks the service once. `unavailable`: another try may work; `refused`: it cannot. Nothing of an answer but its labels
 * is shown to anybody. An address of the environment is the operator's choice and may be a private one; one that was
 * set from a page passes the gates of the fetch layer, so that whoever holds a session of the staff reaches no machine
 * behind the firewall by it (security.md F1). Redirects are followed in neither case: where they lead, nobody has chosen.
 */
export async function askService(deps: ClientDeps, body: string, signal: AbortSignal): Promise<Answer> {
  const { url, timeoutMs: deadlineMs } = deps.config.classifier;
  if (url === null) return fail('off', 'No classifier is set up.');
  const seconds = Math.floor(deps.clock.now() / 1_000);
  const post = {
    url,
    headers: {
      ...{ 'content-type': 'application/json', accept: 'application/json' },
      'vireo-signature': signatureOf(secretOf(deps), seconds, body),
    },
    ...{ body, maxBytes: classifierLimits.maxAnswerBytes, deadlineMs, signal },
  };
  const answer = Object.hasOwn(deps.config.told, 'CLASSIFIER_URL')
    ? await deps.poster.postText(post)
    : await deps.request({ ...post, method: 'POST', maxRedirects: 0 });
  if (!answer.ok) {
    const reason = FINAL.has(answer.reason) ? 'refused' : 'unavailable';
    return fail(reason, `The classifier: ${answer.detail ?? answer.reason}`);
  }
  const { status } = answer;
  if (status === 200) return readAnswer(answer.body);
  const isLater = status >= 500 || LATER.has(status);
  return fail(isLater ? 'unavailable' : 'refused', `The classifier answered with status ${status}.`);
}
