import { box } from '../device/box.ts';

interface Shared {
  readonly file: File;
  /** What came with it; may be empty. */
  readonly text: string;
}

/** The video that another app shared with this one, once; null where there is none. */
export async function takeShared(): Promise<Shared | null> {
  const shared = await box.get('shared');
  await box.remove('shared');
  return shared ?? null;
}
