import { z } from 'zod';

/** A rectangle in the screen's own points. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const DEFAULT_SIZE = { width: 760, height: 640 } as const;
export const SMALLEST_SIZE = { width: 400, height: 360 } as const;
/** How much of a window must lie on a screen for it to be found again, in points. */
const VISIBLE = 80;

const boundsSchema = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() });

function overlap(fromA: number, sizeA: number, fromB: number, sizeB: number): number {
  return Math.min(fromA + sizeA, fromB + sizeB) - Math.max(fromA, fromB);
}

/**
 * Where a window may come up again: as it was left, when enough of it would lie on one of the screens there are now
 * (`workAreas`); else null, and the system finds a place. Remembered bounds are parsed, since they come from a file.
 */
export function usableBounds(remembered: unknown, workAreas: readonly Bounds[]): Bounds | null {
  const parsed = boundsSchema.safeParse(remembered);
  if (!parsed.success) return null;
  const bounds = parsed.data;
  if (bounds.width < SMALLEST_SIZE.width || bounds.height < SMALLEST_SIZE.height) return null;
  const found = workAreas.some(
    (area) =>
      overlap(bounds.x, bounds.width, area.x, area.width) >= VISIBLE &&
      overlap(bounds.y, bounds.height, area.y, area.height) >= VISIBLE &&
      bounds.width <= area.width &&
      bounds.height <= area.height,
  );
  return found ? bounds : null;
}
