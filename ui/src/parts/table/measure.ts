// How wide a text will be, without laying it out.

let context: CanvasRenderingContext2D | null | undefined;

/** Width in pixels in the given CSS font; a good guess where there is no canvas. */
export function textWidth(text: string, font: string): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return text.length * 7.5;
  context.font = font;
  return context.measureText(text).width;
}
