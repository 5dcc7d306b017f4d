// WebKitGTK says that its language is `C` where the system's locale is. uPlot asks for figures in that language while
// it is loaded, and there is none of that name; so this has to be imported before it.

export {};

try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-GB', configurable: true });
}
