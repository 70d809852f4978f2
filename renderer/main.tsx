import { bridge } from './bridge';
import { mount } from './mount';
import { DraftsContext, openDrafts } from './state/drafts';
import { App } from './views/App';

/** The main window, with what was typed in it before it was closed. */
async function start(): Promise<void> {
  const drafts = await openDrafts(bridge);
  await mount(
    <DraftsContext value={drafts}>
      <App />
    </DraftsContext>,
  );
}

void start();
