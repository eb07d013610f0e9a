import { wish } from '../state/reactions.ts';
import { relationships } from '../state/relationships.ts';
import { toast } from '../state/toasts.ts';
import { say } from './say.ts';

/** Follows somebody, or stops it, as soon as the server can be reached; the page goes by it at once. False: nobody is signed in. */
export function followLater(id: string, following: boolean): boolean {
  const known = relationships.peek().get(id);
  if (!known || !wish('follow', known, following)) return false;
  relationships.value = new Map([...relationships.peek(), [id, { ...known, following, requested: false }]]);
  toast(say('followLater'));
  return true;
}
