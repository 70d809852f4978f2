import { Check } from 'lucide-react';
import { useWords } from '../../i18n/use-words';
import { WIZARD_PAGES, type WizardPage } from '../../state/wizard-state';
import './steps.css';

/** How far one has come, and what is still to come. */
export function Steps({ page }: { readonly page: WizardPage }) {
  const t = useWords();
  const at = WIZARD_PAGES.indexOf(page);
  return (
    <ol className="steps" aria-label={t('wizard:steps')}>
      {WIZARD_PAGES.map((each, index) => (
        <li
          key={each}
          className="steps__step"
          data-done={index < at}
          {...(each === page ? { 'aria-current': 'step' } : {})}
        >
          <span className="steps__mark" aria-hidden>
            {index < at ? <Check size={12} strokeWidth={3} /> : index + 1}
          </span>
          <span className="steps__name">
            {t(`wizard:step.${each}`)}
            {index < at ? <span className="visually-hidden"> {t('wizard:step-done')}</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
