import { useEffect, useState } from 'preact/hooks';
import { createPool, type Pool } from './pool.ts';

/** A pool for as long as the component is shown. */
export function usePool(size: number): Pool {
  const [pool] = useState(() => createPool(size));
  useEffect(() => () => pool.dispose(), [pool]);
  return pool;
}
