/** The YAML before a card's Markdown, without its lines of dashes, and the Markdown. */
export function cardParts(text: string): { head: string; body: string } {
  const found = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text);
  return { head: found?.[1] ?? '', body: found?.[2] ?? text };
}
