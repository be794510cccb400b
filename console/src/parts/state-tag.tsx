import {
  CheckCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  InfoCircleFilled,
  MinusCircleFilled,
} from '@ant-design/icons';
import type { CSSProperties, ReactNode } from 'react';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'muted';

const ICONS: Readonly<Record<Tone, ReactNode>> = {
  good: <CheckCircleFilled />,
  warn: <ExclamationCircleFilled />,
  bad: <CloseCircleFilled />,
  info: <InfoCircleFilled />,
  muted: <MinusCircleFilled />,
};

/** A state by colour, sign and word: never by colour alone. */
export function StateTag({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <span className="state" style={{ '--tone': `var(--${tone})` } as CSSProperties}>
      {ICONS[tone]}
      {children}
    </span>
  );
}
