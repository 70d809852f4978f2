import type { Translate } from '../../electron/shared/messages';

const STEPS = [
  { from: 1e9, key: 'window:bytes.gigabyte' },
  { from: 1e6, key: 'window:bytes.megabyte' },
  { from: 1e3, key: 'window:bytes.kilobyte' },
] as const;

/** A number of bytes with the unit that suits it, in steps of 1000: "4.2 MB". */
export function describeBytes(bytes: number, t: Translate): string {
  const step = STEPS.find(({ from }) => bytes >= from);
  return step
    ? t(step.key, { value: bytes / step.from })
    : t('window:bytes.byte', { value: bytes });
}
