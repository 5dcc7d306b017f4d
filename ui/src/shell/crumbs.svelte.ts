// The path shown above the page. A page that knows better names than the URL sets its own.

import { pageTitle } from './pages';
import { href, type Route } from './route';
import { listHref } from './router.svelte';

export interface Crumb {
  text: string;
  href?: string;
}

let own = $state.raw<readonly Crumb[] | null>(null);

/** Replaces the crumbs after the page's title until the returned function is called. Use it in an `$effect`. */
export function setCrumbs(crumbs: readonly Crumb[]): () => void {
  own = crumbs;
  return () => {
    if (own === crumbs) own = null;
  };
}

export function crumbs(route: Route): readonly Crumb[] {
  const page = { text: pageTitle(route.page), href: route.path.length > 0 ? listHref(route.page) : href(route.page) };
  const rest = own ?? route.path.map((text, i) => ({ text, href: href(route.page, ...route.path.slice(0, i + 1)) }));
  return [page, ...rest];
}
