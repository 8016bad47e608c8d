/** What the build uses as JSX runtime: preact's own does more than this widget needs. */
import { type ComponentType, h, type Key } from 'preact';

type Props = Record<string, unknown>;

export function jsx(type: string | ComponentType, props: Props, key?: Key) {
  return h(type as string, { ...props, key });
}

export { jsx as jsxs };
