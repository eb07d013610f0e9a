import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Account, Status } from '../api/types.ts';
import { commentsId } from '../comments/comment-path.ts';
import { openPanel, type PanelProps, panel as shown } from '../state/panels.ts';
import { me } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { signInPath } from '../ui/links.ts';
import { Failed, Loading, Notice } from '../ui/page.tsx';
import { SidePanel } from '../ui/side-panel.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { calls } from './calls.ts';
import type { Subject } from './report.ts';
import { ReportSteps } from './report-steps.tsx';
import { say } from './say.ts';

/** Telling the staff about a clip, or about a comment below it. */
export function ReportPanel({ panel, onClose }: PanelProps) {
  const { status, commentId } = panel;
  const isFiled = useRef(false);
  const onFiled = () => {
    isFiled.current = true;
  };
  // Who came from the comments goes on reading there, unless the page shows them anyway. What was reported may be out of sight.
  const close = () => {
    onClose();
    const isOnPage = document.getElementById(commentsId(status.id)) !== null;
    if (commentId === undefined || isOnPage) return;
    openPanel({ name: 'comments', status, ...(isFiled.current ? {} : { commentId }) });
  };
  return (
    <SidePanel title={say('title')} onClose={close}>
      <Allowed>
        {commentId === undefined ? (
          <ReportSteps
            subjects={[postOf('clip', status), accountOf(status.account)]}
            onFiled={onFiled}
            onClose={close}
          />
        ) : (
          <CommentReport id={commentId} onFiled={onFiled} onClose={close} />
        )}
      </Allowed>
    </SidePanel>
  );
}

/** Telling the staff about an account as a whole, or about something that it put together. */
export function AccountReportPanel({ account, onClose }: { account: Account; onClose: () => void }) {
  const open = shown.value;
  const part = open && !open.status ? open.part : undefined;
  const whole = accountOf(account);
  return (
    <SidePanel title={say('title')} onClose={onClose}>
      <Allowed>
        <ReportSteps
          subjects={part ? [{ ...part, account }, whole] : [whole]}
          onFiled={() => undefined}
          onClose={onClose}
        />
      </Allowed>
    </SidePanel>
  );
}

const accountOf = (account: Account): Subject => ({ kind: 'account', account });
const postOf = (kind: 'clip' | 'comment', { id, account }: Status): Subject => ({ kind, id, account });

function Allowed({ children }: { children: ComponentChildren }) {
  if (me.value === undefined) return <Loading />;
  if (me.value) return <>{children}</>;
  return (
    <Notice icon="flag" title={say('signedOutTitle')} text={say('signedOut')}>
      <ButtonLink href={signInPath()}>{say('signIn')}</ButtonLink>
    </Notice>
  );
}

function CommentReport({ id, ...rest }: { id: string; onFiled: () => void; onClose: () => void }) {
  const [remote, reload] = useRemote(id, () => calls.comment(id));
  if (remote.state === 'loading') return <Loading label={say('loading')} />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  const comment = remote.value;
  return <ReportSteps subjects={[postOf('comment', comment), accountOf(comment.account)]} {...rest} />;
}
