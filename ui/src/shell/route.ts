// The form of a route: page, the names after it, and the state of the page behind the question mark.

export interface Route {
  /** `data`, `runs` ...; empty at the start. */
  page: string;
  /** What follows the page, decoded: `['penguins', 'v2']`. */
  path: string[];
  query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#?\/?/, '');
  const [before = '', after = ''] = split(text, '?');
  const [page = '', ...path] = before.split('/').filter(Boolean).map(decode);
  return { page, path, query: Object.fromEntries(new URLSearchParams(after)) };
}

export function formatRoute({ page, path, query }: Route): string {
  const place = ['#', page, ...path].map((part, i) => (i === 0 ? part : encode(part))).join('/');
  const state = new URLSearchParams(query).toString();
  return state ? `${place}?${state}` : place;
}

/**
 * The page that an address of MLflow's pages means, which its client prints and people keep: `#/experiments/3/runs/abc`
 * is a run, `#/models/price/versions/3` a version. Others stay as they are.
 */
export function ownRoute(route: Route): Route {
  const { page, path } = route;
  const [name = '', kind = '', id = ''] = path;
  if (page === 'experiments' && name === '') return { ...route, page: 'runs' };
  if (page === 'experiments' && kind === 'runs') return { page: 'runs', path: id === '' ? [] : [id], query: {} };
  if (page === 'experiments' && path.length > 1) return { page, path: [name], query: {} };
  if (page === 'models' && kind === 'versions') return { page, path: id === '' ? [name] : [name, `v${id}`], query: {} };
  return route;
}

/** The href of a page: `href('data', 'penguins')`, `href('data', 'penguins', { tab: 'rows' })`. */
export function href(page: string, ...rest: (string | number | Record<string, string>)[]): string {
  const query = rest.find((part) => typeof part === 'object') ?? {};
  const path = rest.filter((part) => typeof part !== 'object').map(String);
  return formatRoute({ page, path, query });
}

function encode(part: string): string {
  return encodeURIComponent(part).replaceAll('%40', '@').replaceAll('%3A', ':');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
