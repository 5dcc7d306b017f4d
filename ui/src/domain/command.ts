// Command lines that do what a page does, ready to be pasted.

/** A word for a POSIX shell. */
export function quote(text: string): string {
  return /^[\p{L}\p{N}_\-.@/+]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
