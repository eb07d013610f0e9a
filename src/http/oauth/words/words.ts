import type { Scope } from '../../../modules/auth/index.ts';
import type { Html } from '../../html.ts';

export type SingleScope = Exclude<Scope, `admin:${string}`>;

/** What can be wrong, as people are told on the page. What programs are told stays in English. */
export type Problem =
  | 'app-unknown'
  | 'app-unreachable'
  | 'app-unusable'
  | 'asked-unclearly'
  | 'redirect-unknown'
  | 'scope-too-wide'
  | 'not-asked-here'
  | 'form-incomplete'
  | 'too-often'
  | 'too-late'
  | 'signed-out'
  | 'wrong-credentials'
  | 'wrong-code'
  | 'passkey-refused'
  | 'waiting-for-approval'
  | 'suspended';

/** Everything that the pages of OAuth say, in one language. A language that lacks a sentence does not compile. */
export interface Words {
  /** In front of the title of a page where something is wrong: it is what screen readers say first. */
  readonly error: string;
  readonly signIn: string;
  readonly asksToSignIn: (app: Html, server: string) => Html;
  readonly login: string;
  readonly password: string;
  readonly forgotPassword: string;
  readonly passwordIsOurs: string;
  readonly passkey: string;
  readonly passkeyUnused: string;
  readonly enterCode: string;
  readonly enterCodeText: string;
  readonly code: string;
  readonly allowTitle: (app: string) => string;
  readonly asksToUse: (app: Html, handle: Html) => Html;
  readonly website: (site: string) => string;
  readonly thenCode: string;
  readonly thenHost: (host: string) => string;
  readonly thenApp: (scheme: string) => string;
  readonly endIt: string;
  readonly allow: string;
  readonly deny: string;
  readonly otherAccount: string;
  readonly yourCode: string;
  readonly yourCodeText: string;
  readonly denied: string;
  readonly deniedText: string;
  readonly refused: string;
  readonly refusedText: string;
  /** While the server is locked for work on it. */
  readonly locked: string;
  readonly lockedText: string;
  readonly problems: Readonly<Record<Problem, string>>;
  readonly scopes: Readonly<Record<SingleScope, string>>;
  /** Scopes of the staff are named as they are written. */
  readonly staffScope: (verb: 'read' | 'write', thing: string) => string;
  readonly everything: string;
}
