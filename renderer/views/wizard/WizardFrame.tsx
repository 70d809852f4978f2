import { useEffect, useRef, type ReactNode, type SubmitEvent } from 'react';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import './wizard.css';

interface WizardFrameProps {
  readonly question: string;
  readonly intro?: string;
  /** The question itself has the keyboard to begin with, on a page without fields. */
  readonly isHeard?: boolean;
  readonly onSubmit: () => void;
  /** To the page before; the first has none. */
  readonly onBack?: () => void;
  /** The buttons that lead on. */
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

/** One page: its question, what is asked, and the ways on and back. */
export function WizardFrame(props: WizardFrameProps) {
  const { question, intro, isHeard = false, onSubmit, onBack, actions, children } = props;
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isHeard) heading.current?.focus();
  }, [isHeard]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="wizard__page" onSubmit={submit} noValidate>
      <main className="window__body">
        <div className="window__column wizard">
          <div className="wizard__question">
            <h2 className="page-title" ref={heading} tabIndex={-1}>
              {question}
            </h2>
            {intro === undefined ? null : <p className="quiet">{intro}</p>}
          </div>
          {children}
        </div>
      </main>
      <footer className="form__foot wizard__foot">
        {onBack === undefined ? null : <Button onPress={onBack}>{t('wizard:back')}</Button>}
        <span className="wizard__gap" />
        {actions}
      </footer>
    </form>
  );
}
