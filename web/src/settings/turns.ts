/**
 * Has calls go one after another, each once the one before is through, whatever became of it. Two of them on their way at once may arrive the other way
 * round, and the older would undo the newer.
 */
export function turns(): <Done>(call: () => Promise<Done>) => Promise<Done> {
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    const own = last.then(call, call);
    last = own;
    return own;
  };
}
