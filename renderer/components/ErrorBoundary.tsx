import { Component, type ReactNode } from 'react';
import { Button } from './Button';
import { useWords } from '../i18n/use-words';
import './error-boundary.css';

function Stumbled({ onReload }: { readonly onReload: () => void }) {
  const t = useWords();
  return (
    <main className="stumbled" role="alert">
      <p>{t('window:crash.sentence')}</p>
      <Button kind="primary" onPress={onReload}>
        {t('window:crash.reload')}
      </Button>
    </main>
  );
}

interface ErrorBoundaryProps {
  readonly onReload: () => void;
  readonly children: ReactNode;
}

/** Shows a sentence and a way out in place of a page that could not be drawn. */
export class ErrorBoundary extends Component<ErrorBoundaryProps> {
  override state = { hasStumbled: false };

  static getDerivedStateFromError(): { hasStumbled: boolean } {
    return { hasStumbled: true };
  }

  override render(): ReactNode {
    return this.state.hasStumbled ? (
      <Stumbled onReload={this.props.onReload} />
    ) : (
      this.props.children
    );
  }
}
