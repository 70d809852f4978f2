import { spellFingerprint } from '../state/fingerprint';
import './fingerprint.css';

/** A fingerprint in groups of four, so that it can be read aloud over the telephone. */
export function Fingerprint({ value }: { readonly value: string }) {
  const { hash, groups } = spellFingerprint(value);
  return (
    <span className="fingerprint">
      <span className="fingerprint__hash">{hash}</span>
      <span className="fingerprint__groups">
        {groups.map((group, index) => (
          // The groups of a fingerprint never change places.
          <code key={index} className="fingerprint__group">
            {group}
          </code>
        ))}
      </span>
    </span>
  );
}
