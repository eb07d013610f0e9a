import { fail, ok, type Result } from '../../lib/result.ts';

/** Names that would look like a page, a role or the server itself. */
const RESERVED = new Set(
  `about abuse account accounts actor admin administrator api app apps ap auth contact dmca embed explore
   federation feed files follow followers following health help home hostmaster inbox info instance
   internal legal local login logout mail media mod moderator nodeinfo noreply notifications oauth
   postmaster privacy public register root rules search security settings sounds staff static studio
   support system tag terms upload uploads user users vireo webfinger webmaster www`.split(/\s+/),
);

const USERNAME = /^[A-Za-z0-9_]{1,30}$/;

/**
 * May a person have this name? Letters, digits and underscores only: anything else is not addressable
 * from Mastodon and GoToSocial (federation-interop.md 1.7).
 */
export function checkUsername(username: string): Result<object, 'username-invalid' | 'username-reserved'> {
  if (!USERNAME.test(username)) {
    return fail('username-invalid', 'A name has 1 to 30 letters, digits or underscores.');
  }
  if (RESERVED.has(username.toLowerCase())) return fail('username-reserved', 'That name is reserved.');
  return ok();
}
