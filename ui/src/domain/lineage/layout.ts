// Where the nodes of a lineage stand: columns from left to right the way the data went, as wide as there is room for.

export interface GraphNode {
  id: string;
  /** `data set`, in grey above the name. */
  kind: string;
  name: string;
  note: string;
  /** The whole of what is cut. */
  title: string;
  href: string | null;
  /** What the page is about. */
  current?: boolean;
  /** Not in the lab any more. */
  gone?: boolean;
  critical?: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** One follows the other without being made of it. */
  loose?: boolean;
}

export interface Graph {
  /** From left to right, each from top to bottom. */
  columns: readonly (readonly GraphNode[])[];
  edges: readonly GraphEdge[];
}

export interface Placed {
  node: GraphNode;
  /** Pixels from the left and the top of the canvas. */
  x: number;
  y: number;
}

export interface Line {
  id: string;
  d: string;
  loose: boolean;
  /** Touches the node that the page is about. */
  near: boolean;
}

export interface Picture {
  /** Column after column, each from top to bottom: the order of the Tab key. */
  nodes: Placed[];
  lines: Line[];
  width: number;
  height: number;
  node_width: number;
}

export const NODE = { height: 50, gap: 16, least_width: 112, most_width: 184 } as const;

/** Between two columns: an arrow and a bend must fit. */
const SPACE = { least: 26, most: 64 } as const;

/** Places all nodes in `room` pixels of width; where even the narrowest do not fit, the picture is wider. */
export function layOut({ columns, edges }: Graph, room = Infinity): Picture {
  const shown = columns.filter((column) => column.length > 0);
  const { width: node_width, space } = sizes(shown.length, room);
  const step = NODE.height + NODE.gap;
  const height = Math.max(1, ...shown.map((column) => column.length)) * step - NODE.gap;
  const nodes = shown.flatMap((column, at) => {
    const top = (height - (column.length * step - NODE.gap)) / 2;
    return column.map((node, row): Placed => ({
      node,
      x: at * (node_width + space),
      y: Math.round(top + row * step),
    }));
  });
  const byId = new Map(nodes.map((placed) => [placed.node.id, placed]));
  const lines = edges.flatMap(({ from, to, loose = false }): Line[] => {
    const [a, b] = [byId.get(from), byId.get(to)];
    if (!a || !b) return [];
    const near = a.node.current === true || b.node.current === true;
    return [{ id: `${from} ${to}`, d: pathOf(a, b, node_width, space), loose, near }];
  });
  const n = Math.max(1, shown.length);
  return { nodes, lines, width: n * node_width + (n - 1) * space, height, node_width };
}

/** Columns first move together, then become narrower. */
function sizes(n: number, room: number): { width: number; space: number } {
  const { least_width, most_width } = NODE;
  if (n < 2 || !Number.isFinite(room)) return { width: most_width, space: SPACE.most };
  const space = clamp((room - n * most_width) / (n - 1), SPACE.least, SPACE.most);
  return { width: clamp((room - (n - 1) * space) / n, least_width, most_width), space };
}

function clamp(value: number, least: number, most: number): number {
  return Math.floor(Math.max(least, Math.min(most, value)));
}

/** The line from one node to another, with the head of an arrow at its end. */
function pathOf(a: Placed, b: Placed, node_width: number, space: number): string {
  if (a.x === b.x) return inColumn(a, b, node_width, space);
  const [x1, y1] = [a.x + node_width, a.y + NODE.height / 2];
  const [x2, y2] = [b.x - 1, b.y + NODE.height / 2];
  const middle = (x1 + x2) / 2;
  const line = y1 === y2 ? `M${x1} ${y1}H${x2}` : `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  return `${line}M${x2 - 5} ${y2 - 3}l5 3-5 3`;
}

/** Straight down to the next; around those between otherwise. */
function inColumn(a: Placed, b: Placed, node_width: number, space: number): string {
  const down = b.y > a.y;
  const next = Math.abs(b.y - a.y) === NODE.height + NODE.gap;
  if (next) {
    const x = a.x + node_width / 2;
    const [from, to] = down ? [a.y + NODE.height, b.y - 1] : [a.y, b.y + NODE.height + 1];
    return `M${x} ${from}V${to}M${x - 3} ${to + (down ? -5 : 5)}l3 ${down ? 5 : -5} 3 ${down ? -5 : 5}`;
  }
  const [x, y1, y2] = [a.x + node_width, a.y + NODE.height * 0.75, b.y + NODE.height * 0.25];
  const out = x + space * 0.45;
  return `M${x} ${y1}C${out} ${y1} ${out} ${y2} ${x + 1} ${y2}M${x + 6} ${y2 - 3}l-5 3 5 3`;
}
