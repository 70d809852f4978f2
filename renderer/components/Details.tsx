import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Disclosure, DisclosurePanel } from 'react-aria-components';
import './disclosure.css';

interface DetailsProps {
  readonly label: string;
  /** What stands beside the label while it is closed. */
  readonly summary?: string;
  readonly isExpanded?: boolean;
  readonly onExpandedChange?: (isExpanded: boolean) => void;
  readonly children: ReactNode;
}

/** Something that most people need not see, one press away. */
export function Details({ label, summary, children, ...rest }: DetailsProps) {
  return (
    <Disclosure {...rest}>
      <div className="disclosure__head">
        <Button slot="trigger" className="disclosure__trigger">
          <ChevronDown className="disclosure__chevron" size={16} aria-hidden />
          {label}
        </Button>
        {summary === undefined ? null : <span className="quiet">{summary}</span>}
      </div>
      <DisclosurePanel className="disclosure__panel">{children}</DisclosurePanel>
    </Disclosure>
  );
}
