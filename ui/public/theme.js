// Sets the theme before the first paint: the user's choice or else the system's. A file of its own, so that the
// content security policy needs no exception for inline scripts.
(function () {
  let choice = null;
  try {
    choice = localStorage.getItem('assay.theme');
  } catch {
    // Storage may be switched off; the system's theme is used then.
  }
  if (choice !== 'light' && choice !== 'dark') {
    choice = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = choice;
})();
