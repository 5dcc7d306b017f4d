// Where the user is. The hash of the URL holds it all, so that back, reload and sharing work,
// under a local server as well as in the desktop window's own protocol.

import { era } from '../data';
import { formatRoute, href, ownRoute, parseRoute, type Route } from './route';

let now = $state.raw<Route>(parseRoute(typeof location === 'undefined' ? '' : location.hash));

/** How each page's own list was left: its filter, its order, what was selected. Of the lab that was open then. */
let left: { era: number; lists: Record<string, string> } = { era: era(), lists: {} };

/** The present route; reading it inside a component follows it. */
export function route(): Route {
  return now;
}

/** Begins to follow the URL. */
export function startRouter(): () => void {
  const read = () => {
    arrive();
    const own = ownRoute(now);
    if (own !== now) navigate(formatRoute(own), { replace: true });
  };
  addEventListener('hashchange', read);
  addEventListener('popstate', read);
  read();
  // The window opens without a page named: the first of the rail, marked as such.
  if (now.page === '') navigate('#/data', { replace: true });
  return () => {
    removeEventListener('hashchange', read);
    removeEventListener('popstate', read);
  };
}

/** Goes to `#/data/penguins?tab=rows`; `replace` leaves no step back. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  arrive();
}

/** A page's list as it was left, for the way back from one of its things. */
export function listHref(page: string): string {
  return (left.era === era() ? left.lists[page] : undefined) ?? href(page);
}

/** Changes part of the page's state; null or an empty text removes a key. Replaces by default: typing is not travelling. */
export function setQuery(changes: Record<string, string | null>, options: { push?: boolean } = {}): void {
  const query = { ...now.query };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') Reflect.deleteProperty(query, key);
    else query[key] = value;
  }
  navigate(formatRoute({ ...now, query }), { replace: !options.push });
}

function arrive(): void {
  now = parseRoute(location.hash);
  if (left.era !== era()) left = { era: era(), lists: {} };
  if (now.path.length === 0) left.lists[now.page] = formatRoute(now);
}
