import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { securityCalls } from './calls.ts';
import { Passkeys } from './passkeys.tsx';
import { PasswordChange } from './password-change.tsx';
import { useProof } from './proof.tsx';
import { say } from './say.ts';
import { SecondFactorPart } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';

/** How one's account is protected, and where it is signed in. */
export function SecurityPage() {
  const [remote, reload, set] = useRemote('passkeys', securityCalls.passkeys);
  const passkeys = remote.state === 'ready' ? remote.value : [];
  const [dialog, withProof] = useProof(passkeys.length > 0);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Page title={say('title')}>
      <Passkeys passkeys={passkeys} onChange={set} withProof={withProof} />
      <SecondFactorPart withProof={withProof} />
      <PasswordChange withProof={withProof} />
      <Sessions />
      {dialog}
    </Page>
  );
}
