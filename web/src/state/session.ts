import { batch, signal } from '@preact/signals';
import { type ApiFailure, type ApiOutcome, signedOutByServer } from '../api/client.ts';
import { api } from '../api/endpoints.ts';
import type { CredentialAccount, Instance } from '../api/types.ts';
import type { LastKnown } from '../device/last-known.ts';
import { signInPath } from '../ui/links.ts';
import { forgetClipList } from './clip-list.ts';
import { isWrittenForVisitors } from './first-page.ts';
import { forgetRelationships } from './relationships.ts';
import { say } from './say.ts';
import { forgetTimelines } from './timelines.ts';
import { toast } from './toasts.ts';

/** Who is signed in: `null` for nobody, `undefined` until the server has said so. */
export const me = signal<CredentialAccount | null | undefined>(undefined);

/** This server; `undefined` until it has answered. */
export const instance = signal<Instance | undefined>(undefined);

/** What this server calls itself. */
export const serverName = (): string => instance.value?.title ?? 'Vireo';

/** Whether `me` is only what the page goes by until the server has said who we are. */
let isGuess = false;

/** Asks the server who it is and who we are. What fails stays unknown and can be asked again. */
export async function boot(): Promise<void> {
  if (me.value === undefined && isWrittenForVisitors()) {
    // So that the feed begins at once. The server is asked all the same: a page from the history may be from before somebody signed in.
    me.value = null;
    isGuess = true;
  }
  const [server, account] = await Promise.all([
    instance.value && !isGuess ? undefined : api.instance(),
    me.value === undefined || isGuess ? api.me() : undefined,
  ]);
  const last =
    account?.ok === false && account.status === 0
      ? await import('../device/last-known.ts').then(({ lastKnown }) => lastKnown()).catch(() => undefined)
      : undefined;
  batch(() => {
    if (server?.ok) instance.value = server.value;
    if (account) learn(account, last);
  });
}

function learn(account: ApiOutcome<CredentialAccount>, last: LastKnown | undefined): void {
  const known = me.value;
  // Somebody signed in or out meanwhile.
  if (known !== undefined && !isGuess) return;
  if (account.ok || (account.status >= 400 && account.status < 500)) {
    const found = account.ok ? account.value : null;
    isGuess = false;
    if (known === undefined || known?.id === found?.id) me.value = found;
    else become(found);
  } else if (last && known === undefined) {
    isGuess = true;
    instance.value ??= last.instance;
    me.value = last.me;
  }
}

/** Asks once more who we are: something about the account may have changed elsewhere. */
export async function lookAgainAtMe(): Promise<void> {
  const account = await api.me();
  if (account.ok && me.value) me.value = account.value;
}

/** Signs out here; other devices stay signed in. */
export async function signOut(): Promise<ApiFailure | undefined> {
  const outcome = await api.signOut();
  if (!outcome.ok && outcome.status !== 401) return outcome;
  become(null);
  return undefined;
}

/** Whether the account may see the pages for staff. */
export function isStaff(account: CredentialAccount | null | undefined): boolean {
  return Boolean(account?.staff);
}

/** Whether this server lets whoever is signed in invite others. */
export function mayInvite(): boolean {
  const rules = instance.value?.registrations;
  if (!rules || !me.value || rules.mode === 'closed') return false;
  return rules.invites_enabled || ['owner', 'admin'].includes(me.value.role.name);
}

/** Who is signed in is another one, or nobody: what belonged to the one before is forgotten. */
export function become(account: CredentialAccount | null): void {
  isGuess = false;
  batch(() => {
    forgetRelationships();
    forgetTimelines();
    forgetClipList();
    me.value = account;
  });
}

// A session ends elsewhere too: it gets old, or its owner ends it from another device.
signedOutByServer.subscribe(() => {
  if (!me.peek()) return;
  become(null);
  // Whoever signs in from here comes back to where they were, whatever is shown then.
  const back = signInPath();
  toast(say('sessionEnded'), 'error', {
    label: say('signIn'),
    run: () => location.assign(back),
  });
});
