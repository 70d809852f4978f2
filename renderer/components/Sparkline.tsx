import './sparkline.css';

/** Of one value, in the picture's own units; it is drawn as wide as there is room. */
const BAR = 4;
const GAP = 1;
const HEIGHT = 32;

interface SparklineProps {
  /** From the oldest to the newest; none below zero. */
  readonly values: readonly number[];
  /** What the picture says, for those who do not see it. */
  readonly label: string;
}

/** A row of little bars: when something was carried, and how much beside the most. */
export function Sparkline({ values, label }: SparklineProps) {
  const most = Math.max(1, ...values);
  const width = values.length * BAR;
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      height={HEIGHT}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect className="sparkline__ground" x={0} y={HEIGHT - 1} width={width} height={1} />
      {values.map((value, index) => {
        // Whatever was carried is seen, however little it was beside the most.
        const height = value === 0 ? 0 : Math.max(2, Math.round((value / most) * HEIGHT));
        return height === 0 ? null : (
          // A minute's place is its name.
          <rect key={index} x={index * BAR} y={HEIGHT - height} width={BAR - GAP} height={height} />
        );
      })}
    </svg>
  );
}
