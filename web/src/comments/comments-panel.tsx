import { useEffect } from 'preact/hooks';
import type { PanelProps } from '../state/panels.ts';
import { SidePanel } from '../ui/side-panel.tsx';
import { commentsId } from './comment-path.ts';
import { Comments } from './comments.tsx';
import { say } from './say.ts';

/** The comments of a clip beside it, or over its lower part. Where the page shows them anyway, it goes there. */
export function CommentsPanel({ panel, onClose }: PanelProps) {
  const { status, commentId, keepsFocus } = panel;
  const there = document.getElementById(commentsId(status.id));
  const isOnPage = there !== null && !there.closest('dialog, aside');
  useEffect(() => {
    if (!isOnPage) return;
    there.scrollIntoView({ block: 'nearest' });
    there.focus();
    onClose();
  }, []);
  if (isOnPage) return null;
  return (
    <SidePanel title={say('title')} onClose={onClose} keepsFocus={keepsFocus}>
      <Comments status={status} commentId={commentId} />
    </SidePanel>
  );
}
