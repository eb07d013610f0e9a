/** The best of a scope, by a value whose order time does not change. */
export interface Board {
  readonly key: string;
  readonly cap: number;
  readonly members: Map<number, number>;
  /** Below this value nobody is let in; of the last time there were too many. */
  floor: number;
  /** When somebody came in last: the order in which boards are given up. */
  touched: number;
}

/** Boards by key, at most `maxBoards` of them; the ones that were quiet longest are given up first. */
export function createBoards(maxBoards: number) {
  const boards = new Map<string, Board>();
  let turn = 0;

  const trim = (board: Board): void => {
    const kept = [...board.members].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, board.cap);
    board.members.clear();
    for (const [member, value] of kept) board.members.set(member, value);
    board.floor = kept.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY;
  };

  const giveUp = (): void => {
    const quiet = [...boards.values()].sort((a, b) => a.touched - b.touched);
    for (const board of quiet.slice(0, Math.ceil(maxBoards / 10))) boards.delete(board.key);
  };

  return {
    /** Lets a member in with this value, or moves it. `-Infinity` takes it off. */
    offer(key: string, cap: number, member: number, value: number): void {
      let board = boards.get(key);
      if (value === Number.NEGATIVE_INFINITY) {
        board?.members.delete(member);
        if (board?.members.size === 0) boards.delete(key);
        return;
      }
      if (!board) {
        if (boards.size >= maxBoards) giveUp();
        board = { key, cap, members: new Map(), floor: Number.NEGATIVE_INFINITY, touched: 0 };
        boards.set(key, board);
      }
      turn += 1;
      board.touched = turn;
      if (value < board.floor && !board.members.has(member)) {
        if (board.members.size >= board.cap) return;
        board.floor = Number.NEGATIVE_INFINITY;
      }
      board.members.set(member, value);
      if (board.members.size > board.cap * 1.5 + 16) trim(board);
    },
    get: (key: string): Board | undefined => boards.get(key),
    all: (): IterableIterator<Board> => boards.values(),
  };
}
