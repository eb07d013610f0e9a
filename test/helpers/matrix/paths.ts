import type { Route } from '../../../src/http/route.ts';
import type { KindName } from './things.ts';

/** What the parameters of a path name, and who may do something to it. */
export interface About {
  readonly kind: KindName;
  /** Changing it: for its owner only, or for everybody who may see it. Default: its owner. */
  readonly writes?: 'own' | 'seen';
  /** Reading it. Default: everybody who may see it. */
  readonly reads?: 'own' | 'seen';
  /** Things of the kind that are absent here even for their owner, by what they are. */
  readonly absent?: readonly string[];
}

/** What the staff does to something, by the verbs. */
export function staffVerbs(of: string, names: readonly string[], kind: KindName): Record<string, About> {
  return Object.fromEntries(names.map((name) => [`/api/v1/admin/${of}/:id/${name}`, { kind }]));
}

/** A verb and its opposite. */
export function verbs(path: string, names: readonly string[], about: About): Record<string, About> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`POST ${path}/${name}`, about],
      [`POST ${path}/un${name}`, about],
    ]),
  );
}

export const hasParameter = ({ path }: Pick<Route, 'path'>) => path.includes(':');

/** The address of a route, with what its parameters name. */
export function addressOf(
  route: Route,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): string {
  const path = route.path
    .replace(':language', 'en')
    .replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? params.id ?? '1'));
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}
