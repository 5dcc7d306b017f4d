// What takes long to draw follows the frame in which the rest has been drawn: a row is marked as selected at once, its
// charts come after.

/** The value as it was before the last frame. Call it while a component is set up. */
export function afterPaint<T>(value: () => T): { readonly value: T } {
  let shown = $state.raw(value());
  $effect(() => {
    const next = value();
    if (next === shown) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // In the frame after the one that drew the rest.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        timer = setTimeout(() => (shown = next));
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  });
  return {
    get value() {
      return shown;
    },
  };
}
