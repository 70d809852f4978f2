import { Info, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './Button';
import './bar.css';

interface BarProps {
  readonly kind: 'news' | 'trouble';
  readonly dismissLabel: string;
  readonly onDismiss: () => void;
  readonly children: ReactNode;
}

/** One sentence across the window, until it is dismissed. */
export function Bar({ kind, dismissLabel, onDismiss, children }: BarProps) {
  const Icon = kind === 'news' ? Info : TriangleAlert;
  return (
    <div className={`bar bar--${kind}`} role={kind === 'news' ? 'status' : 'alert'}>
      <Icon size={16} aria-hidden />
      <p className="bar__text">{children}</p>
      <IconButton small label={dismissLabel} onPress={onDismiss}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
