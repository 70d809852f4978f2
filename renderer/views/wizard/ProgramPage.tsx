import { useEffect, useState } from 'react';
import type { AccountId } from '../../../electron/shared/account';
import { viewOf } from '../../../electron/shared/app-snapshot';
import type { ProgramCard } from '../../../electron/shared/program-card';
import { badgeOf } from '../../../electron/shared/tunnel-state';
import { describeState } from '../../../electron/shared/messages';
import { Button } from '../../components/Button';
import { SelectRow } from '../../components/SelectRow';
import { StateBadge } from '../../components/StateBadge';
import { useWords } from '../../i18n/use-words';
import { useNow } from '../../state/use-now';
import { useSnapshot } from '../../state/use-snapshot';
import { useVerbs } from '../../state/verbs';
import { Card } from './Card';
import type { WizardHandle } from './use-wizard';
import { WizardFrame } from './WizardFrame';
import './program.css';

/** The cards of one mailbox; null until they are there. */
function useCards(id: AccountId): readonly ProgramCard[] | null {
  const verbs = useVerbs();
  const [cards, setCards] = useState<readonly ProgramCard[] | null>(null);
  useEffect(() => {
    let isGone = false;
    void verbs.getProgramCards(id).then((found) => {
      if (!isGone) setCards(found ?? []);
    });
    return () => {
      isGone = true;
    };
  }, [verbs, id]);
  return cards;
}

interface ProgramPageProps {
  readonly wizard: WizardHandle;
  readonly id: AccountId;
  readonly onDone: () => void;
}

/** The last page: what to fill in where in the mail program. */
export function ProgramPage({ wizard, id, onDone }: ProgramPageProps) {
  const t = useWords();
  const snapshot = useSnapshot();
  const cards = useCards(id);
  const now = useNow(10_000);
  const [chosen, setChosen] = useState<string | null>(null);
  const card = cards?.find(({ program }) => program === chosen) ?? cards?.[0];
  const view = snapshot === null ? undefined : viewOf(snapshot, id);
  return (
    <WizardFrame
      question={t('wizard:program.question')}
      intro={t('wizard:program.intro')}
      isHeard
      onSubmit={onDone}
      onBack={wizard.back}
      actions={
        <Button kind="primary" submit>
          {t('wizard:program.done')}
        </Button>
      }
    >
      {cards === null || card === undefined ? null : (
        <>
          <SelectRow
            id="program"
            label={t('wizard:program.label')}
            value={card.program}
            choices={cards.map(({ program, name, settings }) => ({
              key: program,
              label: name,
              hint: t(`wizard:program.${settings.kind}`),
            }))}
            onChange={setChosen}
          />
          <Card card={card} />
        </>
      )}
      {view === undefined ? null : (
        <p className="program__state">
          <StateBadge badge={badgeOf(view.state)} />
          {describeState(view, t, now).line}
        </p>
      )}
    </WizardFrame>
  );
}
