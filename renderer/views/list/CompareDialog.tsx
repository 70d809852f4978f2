import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { AccountId } from '../../../electron/shared/account';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { Button } from '../../components/Button';
import { Fingerprint } from '../../components/Fingerprint';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import '../../components/dialog.css';

interface CompareDialogProps {
  readonly accountId: AccountId;
  readonly error: Extract<TunnelError, { kind: 'host-key-changed' }>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Both fingerprints side by side. Staying off has the focus; trusting the new one is a deliberate act. */
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
          <div>
            <p className="section-title">{t('window:compare.known')}</p>
            <Fingerprint value={error.knownFingerprint} />
          </div>
          <div>
            <p className="section-title">{t('window:compare.presented')}</p>
            <Fingerprint value={error.presentedFingerprint} />
          </div>
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
