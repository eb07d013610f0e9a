import type { ComponentChildren } from 'preact';
import { placeDuet, type Rectangle } from './layout.ts';
import type { Layout } from './order.ts';
import styles from './remix.module.css';

interface DuetStageProps {
  readonly layout: Layout;
  /** Of both pictures, width by height. */
  readonly aspects: { readonly own: number; readonly original: number };
  readonly own: ComponentChildren;
  readonly original: ComponentChildren;
  /** Lies over both. */
  readonly children?: ComponentChildren;
}

/** Both pictures of a duet where they will be. */
export function DuetStage({ layout, aspects, own, original, children }: DuetStageProps) {
  const placed = placeDuet(layout, aspects);
  return (
    <div class={styles.stage} style={{ '--aspect': String(placed.aspect) }} data-layout={layout}>
      <Part place={placed.original}>{original}</Part>
      <Part place={placed.own}>{own}</Part>
      {children}
    </div>
  );
}

/** One picture in its place. */
export function Part(props: { place: Rectangle; hidden?: boolean; children: ComponentChildren }) {
  const { left, top, width, height, fills } = props.place;
  return (
    <div
      hidden={props.hidden}
      class={[styles.part, fills && styles.fills].filter(Boolean).join(' ')}
      style={{ '--x': String(left), '--y': String(top), '--w': String(width), '--h': String(height) }}
    >
      {props.children}
    </div>
  );
}
