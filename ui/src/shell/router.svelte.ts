// Where the user is. The hash of the URL holds it all, so that back, reload and sharing work,
// under a local server as well as in the desktop window's own protocol.

import { formatRoute, ownRoute, parseRoute, type Route } from './route';

let now = $state.raw<Route>(parseRoute(typeof location === 'undefined' ? '' : location.hash));

/** The present route; reading it inside a component follows it. */
export function route(): Route {
  return now;
}

/** Begins to follow the URL. */
export function startRouter(): () => void {
  const read = () => {
    now = parseRoute(location.hash);
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
export function navigate(href: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  now = parseRoute(location.hash);
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
