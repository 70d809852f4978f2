import { useState } from 'react';
import type { Account } from '../../../electron/shared/account';
import { Details } from '../../components/Details';
import { useWords } from '../../i18n/use-words';
import { ProgramCards } from '../wizard/ProgramCards';

/** What the mail program needs, which its person wants once, and again when they have another program. */
export function ForPrograms({ account }: { readonly account: Account }) {
  const t = useWords();
  const [isExpanded, setIsExpanded] = useState(false);
  return (
    <Details
      label={t('window:more.programs')}
      isExpanded={isExpanded}
      onExpandedChange={setIsExpanded}
    >
      {isExpanded ? (
        <div className="more__programs">
          {/* A change of the mailbox may be one of what the cards say. */}
          <ProgramCards key={JSON.stringify(account)} id={account.id} />
        </div>
      ) : null}
    </Details>
  );
}
