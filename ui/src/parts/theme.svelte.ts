// Light or dark: the user's choice, kept on this computer, or else the system's. theme.js sets it before the first paint.

export type Theme = 'light' | 'dark';
export type ThemeChoice = Theme | 'system';

const KEY = 'assay.theme';

let choice = $state<ThemeChoice>(read());
let shown = $state<Theme>(resolve(read()));

export function themeChoice(): ThemeChoice {
  return choice;
}

/** What is on screen now. */
export function theme(): Theme {
  return shown;
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the window.
  }
  apply();
}

export function toggleTheme(): void {
  setTheme(shown === 'dark' ? 'light' : 'dark');
}

/** Follows the system while nothing is chosen. */
export function startTheme(): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  apply();
  system.addEventListener('change', apply);
  return () => system.removeEventListener('change', apply);
}

function apply(): void {
  shown = resolve(choice);
  document.documentElement.dataset['theme'] = shown;
}

function resolve(wanted: ThemeChoice): Theme {
  if (wanted !== 'system') return wanted;
  return typeof matchMedia !== 'undefined' && matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function read(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}
