import { useEffect, useState } from 'react';
import type { AccountId } from '../../../electron/shared/account';
import type { ProgramCard } from '../../../electron/shared/program-card';
import { SelectRow } from '../../components/SelectRow';
import { useWords } from '../../i18n/use-words';
import { useSnapshot } from '../../state/use-snapshot';
import { useVerbs } from '../../state/verbs';
import { Card } from './Card';
import './program.css';

/** The cards of one mailbox, in the language that is spoken; null until they are there. */
function useCards(id: AccountId): readonly ProgramCard[] | null {
  const verbs = useVerbs();
  const language = useSnapshot()?.language;
  const [cards, setCards] = useState<readonly ProgramCard[] | null>(null);
  useEffect(() => {
    let isGone = false;
    void verbs.getProgramCards(id).then((found) => {
      if (!isGone) setCards(found ?? []);
    });
    return () => {
      isGone = true;
    };
  }, [verbs, id, language]);
  return cards;
}

/** What to fill in where, for the mail program that is chosen. Made anew for a mailbox that was changed. */
export function ProgramCards({ id }: { readonly id: AccountId }) {
  const t = useWords();
  const cards = useCards(id);
  const [chosen, setChosen] = useState<string | null>(null);
  const card = cards?.find(({ program }) => program === chosen) ?? cards?.[0];
  if (cards === null || card === undefined) return null;
  return (
    <>
      <SelectRow
        id={`program-${id}`}
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
  );
}
