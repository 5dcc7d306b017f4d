import MarkdownIt from 'markdown-it';

// Texts may come from elsewhere: HTML in them stays text, and nothing leads or loads anything from outside.
const reader = new MarkdownIt({ html: false, linkify: false }).disable(['image', 'link', 'autolink']);

/** The elements that a Markdown text stands for. */
export function elementsOf(text: string): Node[] {
  const page = new DOMParser().parseFromString(reader.render(text), 'text/html');
  return [...page.body.childNodes];
}
