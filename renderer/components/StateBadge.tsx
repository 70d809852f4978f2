import type { Badge } from '../../electron/shared/tunnel-state';
import { assertNever } from '../../electron/shared/result';
import './state-badge.css';

/** The hollow arch of assets/tray/22. */
const HOLLOW = 'M2 20v-9a9 9 0 0 1 18 0v9zM3 19h16v-8a8 8 0 0 0-16 0z';

function Shape({ badge }: { readonly badge: Badge }) {
  switch (badge) {
    case 'off':
      return <path fillRule="evenodd" d={HOLLOW} />;
    case 'ready':
      return (
        <>
          <path fillRule="evenodd" d={HOLLOW} />
          <circle cx="11" cy="15" r="3" />
        </>
      );
    case 'working':
      return (
        <>
          <path fillRule="evenodd" d={HOLLOW} />
          <circle className="badge__traveller" cx="11" cy="8" r="3" />
        </>
      );
    case 'on':
      return (
        <>
          <path d="M2.958 6.958A9 9 0 0 1 19.042 6.958L11 15z" />
          <path d="M2.278 8.778L11 17.5l8.722-8.722A9 9 0 0 1 20 11v9H2v-9a9 9 0 0 1 .278-2.222z" />
        </>
      );
    case 'needs-you':
      return (
        <>
          <path d="M2 20v-9A9 9 0 0 1 19.899 9.656A7.25 7.25 0 0 0 9.75 20z" />
          <path
            className="badge__alert"
            fill="currentColor"
            fillRule="evenodd"
            d="M9 15a6 6 0 0 1 12 0a6 6 0 0 1-12 0zM14 11v5h2v-5zM14 17v2h2v-2z"
          />
        </>
      );
    case 'problem':
      return (
        <>
          <path d="M4.636 4.636A9 9 0 0 0 2 11v9h18l-1-1H3v-8a8 8 0 0 1 2.343-5.657z" />
          <path d="M6.958 2.958A9 9 0 0 1 20 11v5l-1-1v-4A8 8 0 0 0 7.708 3.708z" />
          <path d="M1 1h2l18 18v2h-2L1 3z" />
        </>
      );
    default:
      return assertNever(badge);
  }
}

/** What is true of a mailbox, by shape first and colour second: the arch of the tray. The words beside it say the same. */
export function StateBadge({ badge }: { readonly badge: Badge }) {
  return (
    <svg
      className="badge"
      data-badge={badge}
      viewBox="0 0 22 22"
      fill="currentColor"
      aria-hidden="true"
    >
      <Shape badge={badge} />
    </svg>
  );
}
