// Small files of text that the user chooses: suites, recipes.

/** Larger files are none of them; they are not even read. */
export const MOST_BYTES = 16_000_000;

/** Lets the user choose a text file; null when they chose none. */
export function chooseText(endings: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = endings;
    input.onchange = () => resolve(input.files?.[0] ?? null);
    input.oncancel = () => resolve(null);
    input.click();
  });
}
