const ACTIVITY_STREAMS = 'https://www.w3.org/ns/activitystreams';

/** What we ask for, the more usual type first (ActivityPub section 3.2). */
export const ACTIVITY_ACCEPT = `application/activity+json, application/ld+json; profile="${ACTIVITY_STREAMS}"`;

/**
 * Whether a Content-Type is one of the two that ActivityPub names. Other JSON is refused, because a host for
 * uploads would serve it for anybody (security.md O5). Further parameters and the order do not matter.
 */
export function isActivityType(contentType: string): boolean {
  if (contentType === 'application/activity+json') return true;
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  if (type.toLowerCase() === 'application/activity+json') return true;
  if (type.toLowerCase() !== 'application/ld+json') return false;
  return parameters.some((parameter) => {
    const [, value = ''] = /^profile\s*=\s*"?([^"]*)"?$/i.exec(parameter) ?? [];
    return value.split(/\s+/).includes(ACTIVITY_STREAMS);
  });
}
