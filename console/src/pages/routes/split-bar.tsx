import { type PointerEvent, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../parts/use-format.ts';
import { useModelColour } from '../../parts/use-models.ts';
import { moveEdge, type Share, WHOLE } from './split.ts';

/** Dragging moves in whole percents; the keyboard and the fields below go finer. */
const DRAG_STEP = 100;
const KEY_STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -100,
  ArrowDown: -100,
  ArrowRight: 100,
  ArrowUp: 100,
  PageDown: -1_000,
  PageUp: 1_000,
};

interface SplitBarProps {
  readonly shares: readonly Share[];
  readonly isFixed: boolean;
  onChange(shares: Share[]): void;
}

/** The split as a bar whose edges are dragged, or moved by arrow keys. */
export function SplitBar({ shares, isFixed, onChange }: SplitBarProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const colourOf = useModelColour();
  const bar = useRef<HTMLDivElement>(null);
  const ends = shares.map((_, at) => shares.slice(0, at + 1).reduce((sum, { size }) => sum + size, 0));
  const drag = (event: PointerEvent, index: number): void => {
    const box = bar.current?.getBoundingClientRect();
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const at = ((event.clientX - box.left) / box.width) * WHOLE;
    const wanted = Math.round(at / DRAG_STEP) * DRAG_STEP;
    onChange(moveEdge(shares, index, wanted - (ends[index] ?? 0)));
  };
  return (
    <div className="split" ref={bar}>
      {shares.map(({ model_id, size }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two rules may name one model; their place is what they are
        <div key={at} className="split-part" style={{ flexGrow: size, background: colourOf(model_id) }}>
          {size >= 800 && <span>{format.percent(size / 100)}</span>}
        </div>
      ))}
      {!isFixed &&
        ends.slice(0, -1).map((end, index) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: an edge is its place
            key={index}
            type="button"
            className="split-edge"
            style={{ left: `${end / 100}%` }}
            role="slider"
            aria-label={t('routes.edge', {
              left: shares[index]?.model_id,
              right: shares[index + 1]?.model_id,
            })}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={end / 100}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={(event) => drag(event, index)}
            onKeyDown={({ key, shiftKey }) => {
              const step = KEY_STEPS[key];
              if (step !== undefined) onChange(moveEdge(shares, index, shiftKey ? step / 100 : step));
            }}
          />
        ))}
    </div>
  );
}
