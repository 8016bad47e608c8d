/**
 * The panel's view library: JSX makes plain objects, and `draw` changes the page to match them. It
 * does what the panel needs, and so weighs a tenth of a library (docs/decisions/0007).
 *
 * Who is who among siblings: a child with a key by its key, any other by its place in the JSX. A
 * child that is empty leaves its place to nobody. An element keeps its attributes; what is not
 * there any more, its values say (`class=""`, `hidden={false}`).
 */

export type View = {
  tag: string;
  key: string | undefined;
  attributes: Record<string, unknown>;
  children: Child;
};
export type Child = View | string | false | null | undefined | readonly Child[];

type Props = Record<string, unknown> & { children?: Child };

/** A component is a function of its props, called at once. */
export function jsx(type: string | ((props: Props) => View | null), props: Props, key?: string) {
  const { children, ...attributes } = props;
  const view = typeof type === 'string' ? { tag: type, key, attributes, children } : type(props);
  return view && { ...view, key };
}

export { jsx as jsxs };

/** What a child has become: a text, or an element with what it was made of. */
type Drawn =
  | { tag: ''; node: Text }
  | { tag: string; node: Element; attributes: View['attributes']; children: Family };
type Family = ReadonlyMap<string, Drawn>;

const SVG = 'http://www.w3.org/2000/svg';

const families = new WeakMap<Element, Family>();

/** Makes the content of the box be this, with as many of its nodes as can stay. */
export function draw(box: Element, content: Child): void {
  families.set(box, drawChildren(box, families.get(box) ?? new Map(), content));
}

function drawChildren(parent: Element, before: Family, content: Child): Family {
  const after = new Map<string, Drawn>();
  for (const [name, child] of named(content, '')) after.set(name, drawn(before.get(name), child));
  const kept = new Set([...after.values()].map(({ node }) => node as Node));
  for (const { node } of before.values()) if (!kept.has(node)) node.remove();
  let next = parent.firstChild;
  for (const node of kept) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
  return after;
}

/** The children that are not empty, each with a name that no sibling has. */
function named(content: Child, place: string): [string, View | string][] {
  if (!content) return [];
  if (typeof content === 'string') return [[place, content]];
  if ('tag' in content) return [[content.key === undefined ? place : `=${content.key}`, content]];
  return content.flatMap((child, at) => named(child, `${place}.${at}`));
}

function drawn(before: Drawn | undefined, child: View | string): Drawn {
  if (typeof child === 'string') {
    const node = before?.tag === '' ? (before.node as Text) : document.createTextNode('');
    if (node.data !== child) node.data = child;
    return { tag: '', node };
  }
  const { tag, attributes } = child;
  const same = before?.tag === tag && 'children' in before ? before : undefined;
  // Icons: their attributes are no properties that could be set.
  const svg = tag === 'svg' || tag === 'path';
  const make = () => (svg ? document.createElementNS(SVG, tag) : document.createElement(tag));
  const node = same?.node ?? make();
  for (const [name, value] of Object.entries(attributes)) {
    const property = name.startsWith('on') ? name.toLowerCase() : name;
    if (value === undefined || (same && same.attributes[name] === value)) continue;
    if (!svg && property in node) Object.assign(node, { [property]: value });
    else node.setAttribute(name, String(value));
  }
  const children = drawChildren(node, same?.children ?? new Map(), child.children);
  return { tag, node, attributes, children };
}

type Attributes = {
  autocomplete?: string;
  for?: string;
  id?: string;
  noValidate?: boolean;
} & { [name: `aria-${string}` | `data-${string}`]: string | undefined } & {
  checked?: boolean;
  class?: string;
  d?: string;
  dir?: string;
  disabled?: boolean;
  height?: number;
  hidden?: boolean;
  href?: string;
  lang?: string;
  max?: number;
  maxLength?: number;
  name?: string;
  placeholder?: string;
  rel?: string;
  required?: boolean;
  role?: string;
  selected?: boolean;
  rows?: number;
  tabIndex?: number;
  target?: string;
  type?: string;
  value?: string | number;
  viewBox?: string;
  width?: number;
  onBlur?: () => void;
  onChange?: (event: Event) => void;
  onClick?: (event: Event) => void;
  onInput?: (event: Event) => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  onSubmit?: (event: Event) => void;
  children?: Child;
};

/** What the compiler asks of a JSX runtime. */
export declare namespace JSX {
  type Element = View | null;
  interface ElementChildrenAttribute {
    children: unknown;
  }
  interface IntrinsicAttributes {
    key?: string;
  }
  type IntrinsicElements = {
    [tag in keyof HTMLElementTagNameMap | 'svg' | 'path']: Attributes & IntrinsicAttributes;
  };
}
