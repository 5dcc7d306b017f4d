// What a page may use of the shell around it.

export { chooseFiles, takeFiles, type FileTaker } from './files.svelte';
export { bindKeys, keysOf, type KeyAction } from './keys';
export { openPalette, registerActions, type PaletteItem } from './paletteItems.svelte';
export { href, parseRoute, type Route } from './route';
export { listHref, navigate, route, setQuery } from './router.svelte';
export { setCrumbs } from './crumbs.svelte';
export { startDemo, undo } from './lab.svelte';
