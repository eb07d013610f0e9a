import type { Config } from './config.ts';

type Tree = Readonly<Record<string, unknown>>;

/**
 * A configuration whose parts are always those of the one that came last: whoever keeps it, or one of its objects, reads what counts now.
 * What is copied out of it stays as it was.
 */
export function liveConfig(first: Config): {
  readonly config: Config;
  readonly become: (next: Config) => void;
} {
  let current: Tree = first;
  const nodeAt = (tree: Tree, read: () => Tree): Tree => {
    const node = {};
    for (const [key, value] of Object.entries(tree)) {
      const child = isTree(value) ? nodeAt(value, () => read()[key] as Tree) : null;
      const get = () => (child !== null && isTree(read()[key]) ? child : read()[key]);
      Object.defineProperty(node, key, { enumerable: true, get });
    }
    return Object.freeze(node);
  };
  return {
    config: nodeAt(first, () => current) as Config,
    become: (next) => {
      current = next;
    },
  };
}

/** Objects of values; secrets, lists and functions are values themselves. */
function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
