import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ApiFailure, ApiOutcome } from '../api/client.ts';
import type { Comment, Status } from '../api/types.ts';
import { commentCountOf, setCommentCount } from '../state/comment-counts.ts';
import { createPages, type Pages } from '../state/pages.ts';
import { type CommentSort, calls, type Decision } from './calls.ts';
import type { Hearing } from './live.ts';
import { type CommentedClip, commentOf, pathTo, toldAgain, topPlace, withLike } from './thread.ts';

/** A comment on its way to the server. */
export interface Pending {
  readonly key: string;
  readonly parentId: string | null;
  readonly text: string;
}

/** What is said below one clip, as far as it was looked at. */
export interface Room {
  readonly clip: CommentedClip;
  readonly sort: ReadonlySignal<CommentSort>;
  /** Those that answer the clip itself. */
  readonly top: ReadonlySignal<Pages<Comment>>;
  /** Of all, as far as is known. */
  readonly count: ReadonlySignal<number>;
  readonly pending: ReadonlySignal<readonly Pending[]>;
  /** Came while somebody read further down, newest first. */
  readonly fresh: ReadonlySignal<readonly Comment[]>;
  /** Who wrote what came last and is shown already. */
  readonly arrived: ReadonlySignal<Comment | null>;
  /** Comments whose replies are shown. */
  readonly unfolded: ReadonlySignal<ReadonlySet<string>>;
  /** Whether the top of the list is in sight: what comes goes there, or waits. */
  readonly atTop: Signal<boolean>;
  readonly hearing: Hearing;
  setSort(sort: CommentSort): void;
  repliesTo(id: string): Pages<Comment>;
  fold(id: string, isOpen: boolean): void;
  showFresh(): void;
  /** Loads a comment with all that it answers, and unfolds them; false where there is none below this clip. */
  goTo(id: string): Promise<boolean>;
  /** Shows it at once; takes it away again where it fails. */
  post(text: string, parentId: string | null): Promise<ApiFailure | null>;
  edit(comment: Comment, text: string): Promise<ApiFailure | null>;
  like(comment: Comment, liked: boolean): Promise<ApiFailure | null>;
  remove(comment: Comment): Promise<ApiFailure | null>;
  decide(comment: Comment, what: Decision): Promise<ApiFailure | null>;
}

/** `crypto.randomUUID` is there on https only. */
const newKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');

const failureOf = (outcome: ApiOutcome<unknown>): ApiFailure | null => (outcome.ok ? null : outcome);

/** Opens the comments of a clip for somebody, or for nobody in particular. */
export function createRoom(status: Status, viewerId: string | null): Room {
  const clip: CommentedClip = { id: status.id, authorId: status.account.id };
  const sort = signal<CommentSort>('top');
  const newTop = () => createPages<Comment>((next) => calls.top(clip.id, sort.peek(), next));
  const top = signal(newTop());
  const count = signal(commentCountOf(status));
  count.subscribe((n) => setCommentCount(clip.id, n));
  const pending = signal<readonly Pending[]>([]);
  const fresh = signal<readonly Comment[]>([]);
  const arrived = signal<Comment | null>(null);
  const unfolded = signal<ReadonlySet<string>>(new Set());
  const atTop = signal(true);
  const replies = new Map<string, Pages<Comment>>();
  /** Of what was sent and may have arrived, by what it says. */
  const keys = new Map<string, string>();

  const lists = () => [top.peek(), ...replies.values()];
  const listOf = (id: string) => lists().find(({ items }) => items.peek().some((one) => one.id === id));
  const find = (id: string) =>
    [...lists().flatMap(({ items }) => items.peek()), ...fresh.peek()].find((one) => one.id === id);
  const parentOf = ({ in_reply_to_id: id }: Status) => (id === clip.id ? null : id);

  function change(id: string, how: (comment: Comment) => Comment): void {
    batch(() => {
      const known = find(id);
      if (!known) return;
      for (const list of lists()) list.replace(how(known));
      fresh.value = fresh.value.map((one) => (one.id === id ? how(one) : one));
    });
  }

  function countReply(parentId: string | null, by: 1 | -1): void {
    count.value = Math.max(0, count.value + by);
    if (parentId === null) return;
    change(parentId, (one) => ({ ...one, replies_count: Math.max(0, one.replies_count + by) }));
  }

  function repliesTo(id: string): Pages<Comment> {
    const list = replies.get(id) ?? createPages<Comment>((next) => calls.replies(clip.id, id, next));
    replies.set(id, list);
    return list;
  }

  function fold(id: string, isOpen: boolean): void {
    const others = [...unfolded.value].filter((one) => one !== id);
    unfolded.value = new Set(isOpen ? [...others, id] : others);
  }

  /** Puts one where it belongs; one that is known stays where it is. */
  function insert(comment: Comment, isOwn: boolean): void {
    if (find(comment.id)) return;
    const parentId = parentOf(comment);
    batch(() => {
      if (parentId === null) {
        const list = top.peek();
        list.restore(comment, topPlace(list.items.peek()));
      } else {
        const list = isOwn ? repliesTo(parentId) : replies.get(parentId);
        if (list && (isOwn || list.phase.peek() === 'ended')) list.restore(comment, list.items.peek().length);
        if (isOwn) fold(parentId, true);
      }
      countReply(parentId, 1);
    });
  }

  function hearOf(told: Status): void {
    const isMine = told.account.id === viewerId;
    // The answer to what was sent from here is on its way, too.
    if (find(told.id) || (isMine && pending.peek().length > 0)) return;
    const comment = commentOf(told, clip);
    if (parentOf(told) !== null || isMine || atTop.peek()) {
      insert(comment, false);
      if (!isMine) arrived.value = comment;
      return;
    }
    batch(() => {
      fresh.value = [comment, ...fresh.value];
      count.value += 1;
    });
  }

  function forget(id: string): void {
    const known = find(id);
    if (!known) return;
    batch(() => {
      for (const list of lists()) list.remove(id);
      fresh.value = fresh.value.filter((one) => one.id !== id);
      countReply(parentOf(known), -1);
    });
  }

  async function post(text: string, parentId: string | null): Promise<ApiFailure | null> {
    const said = `${parentId} ${text}`;
    const key = keys.get(said) ?? newKey();
    keys.set(said, key);
    pending.value = [...pending.value, { key, parentId, text }];
    const outcome = await calls.post(clip.id, text, parentId, key);
    batch(() => {
      pending.value = pending.value.filter((one) => one.key !== key);
      if (!outcome.ok) return;
      keys.delete(said);
      insert(outcome.value, true);
    });
    return failureOf(outcome);
  }

  async function remove(comment: Comment): Promise<ApiFailure | null> {
    const list = listOf(comment.id);
    const position = list?.items.peek().findIndex(({ id }) => id === comment.id) ?? 0;
    forget(comment.id);
    const outcome = await calls.remove(comment.id);
    if (!outcome.ok && outcome.status !== 404) {
      batch(() => {
        list?.restore(comment, position);
        countReply(parentOf(comment), 1);
      });
      return outcome;
    }
    return null;
  }

  async function decide(comment: Comment, what: Decision): Promise<ApiFailure | null> {
    const outcome = await calls.decide(clip.id, comment.id, what);
    if (!outcome.ok) return outcome;
    batch(() => {
      const list = top.peek();
      const changed = outcome.value;
      if (what === 'pin') {
        const before = list.items.peek().find(({ pinned }) => pinned);
        if (before) list.replace({ ...before, pinned: false });
        list.remove(comment.id);
        list.restore(changed, 0);
        return;
      }
      change(comment.id, () => ({ ...changed, replies_count: comment.replies_count }));
      if (what === 'unpin') return;
      // What answers it went with it, or came back.
      replies.delete(comment.id);
      fold(comment.id, false);
      const moved = 1 + comment.replies_count;
      count.value = Math.max(0, count.value + (what === 'hide' ? -moved : moved));
    });
    return null;
  }

  async function goTo(id: string): Promise<boolean> {
    const list = top.peek();
    const [one, context] = await Promise.all([
      calls.one(id),
      calls.context(id),
      list.phase.peek() === 'new' ? list.loadMore() : undefined,
    ]);
    if (!one.ok) return false;
    const path = pathTo(one.value, context.ok ? context.value.ancestors : [], clip.id);
    const chain = [...path, one.value];
    if (chain[0]?.in_reply_to_id !== clip.id) return false;
    for (const { id: parentId } of path) await repliesTo(parentId).loadMore();
    batch(() => {
      for (const [level, said] of chain.entries()) {
        const parent = chain[level - 1];
        if (parent) fold(parent.id, true);
        if (find(said.id)) continue;
        const home = parent ? repliesTo(parent.id) : list;
        home.restore(commentOf(said, clip), parent ? home.items.peek().length : topPlace(home.items.peek()));
      }
    });
    return true;
  }

  return {
    ...{ clip, sort, top, count, pending, fresh, arrived, unfolded, atTop },
    ...{ repliesTo, fold, goTo, post, remove, decide },
    hearing: {
      onComment: hearOf,
      onChange: (told) => change(told.id, (known) => toldAgain(known, told)),
      onDelete: forget,
      async onBack() {
        const page = await calls.top(clip.id, 'newest', null);
        if (page.ok) for (const comment of page.value.toReversed()) hearOf(comment);
      },
    },
    setSort(next) {
      if (next === sort.peek()) return;
      batch(() => {
        sort.value = next;
        fresh.value = [];
        top.value = newTop();
      });
    },
    showFresh() {
      batch(() => {
        const list = top.peek();
        const place = topPlace(list.items.peek());
        for (const comment of fresh.value.toReversed()) list.restore(comment, place);
        fresh.value = [];
      });
    },
    async edit(comment, text) {
      const outcome = await calls.edit(comment, text);
      if (outcome.ok) change(comment.id, (known) => toldAgain(known, outcome.value));
      return failureOf(outcome);
    },
    async like(comment, liked) {
      const byAuthor = viewerId === clip.authorId;
      change(comment.id, (known) => withLike(known, liked, byAuthor));
      const outcome = await calls.like(comment.id, liked);
      if (!outcome.ok) change(comment.id, (known) => withLike(known, !liked, byAuthor));
      return failureOf(outcome);
    },
  };
}
