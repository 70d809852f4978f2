import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { AccountId } from '../../../electron/shared/account';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { Button } from '../../components/Button';
import { Fingerprint } from '../../components/Fingerprint';
import { Randomart } from '../../components/Randomart';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import '../../components/dialog.css';
import './compare.css';

interface CompareDialogProps {
  readonly accountId: AccountId;
  readonly error: Extract<TunnelError, { kind: 'host-key-changed' }>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

interface SideProps {
  readonly title: string;
  readonly fingerprint: string;
  readonly algorithm: string;
  /** The one that is to be compared. */
  readonly isNew?: boolean;
}

/** One of the two: the letters to be read aloud, and the picture to be told apart at a glance. */
function Side({ title, fingerprint, algorithm, isNew = false }: SideProps) {
  return (
    <section className="compare__side" data-new={isNew}>
      <div>
        <h3 className="section-title">{title}</h3>
        <Fingerprint value={fingerprint} />
      </div>
      <Randomart fingerprint={fingerprint} algorithm={algorithm} />
    </section>
  );
}

/** Both fingerprints, one above the other. Staying off has the focus; trusting the new one is a deliberate act. */
export function CompareDialog({ accountId, error, isOpen, onClose }: CompareDialogProps) {
  const t = useWords();
  const verbs = useVerbs();
  const stayOff = (): void => {
    void verbs.setWanted(accountId, false);
    onClose();
  };
  const accept = (): void => {
    void verbs.acceptChangedKey(accountId, error.presentedFingerprint);
    onClose();
  };
  return (
    <ModalOverlay className="scrim" isOpen={isOpen} onOpenChange={onClose}>
      <Modal className="dialog">
        <Dialog className="dialog__content" role="alertdialog">
          <Heading slot="title" level={2} className="dialog__title">
            {t('window:compare.title')}
          </Heading>
          <p>{t('window:compare.body', { host: error.host })}</p>
          <Side
            title={t('window:compare.known')}
            fingerprint={error.knownFingerprint}
            algorithm={error.algorithm}
          />
          <Side
            title={t('window:compare.presented')}
            fingerprint={error.presentedFingerprint}
            algorithm={error.algorithm}
            isNew
          />
          <p className="quiet">{t('window:compare.caution')}</p>
          <div className="dialog__actions">
            <Button kind="quiet" onPress={accept}>
              {t('window:compare.accept')}
            </Button>
            <Button kind="primary" autoFocus onPress={stayOff}>
              {t('window:compare.stay-off')}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
