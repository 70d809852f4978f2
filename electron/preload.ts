import type { IpcRendererEvent } from 'electron';
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { AppSnapshot } from './shared/app-snapshot';
import type { Bridge, IpcName } from './shared/ipc-contract';
import { channelOf, IPC_NAMES, PLACE_CHANNEL, SNAPSHOT_CHANNEL } from './shared/ipc-contract';

/** The verbs of the contract, each an invocation of its own channel; ipcRenderer itself never crosses. */
const verbs = Object.fromEntries(
  IPC_NAMES.map((name: IpcName) => [
    name,
    (...args: unknown[]) => ipcRenderer.invoke(channelOf(name), ...args),
  ]),
);

const onSnapshot: Bridge['onSnapshot'] = (listener) => {
  const pass = (_event: IpcRendererEvent, snapshot: AppSnapshot): void => listener(snapshot);
  ipcRenderer.on(SNAPSHOT_CHANNEL, pass);
  return () => void ipcRenderer.off(SNAPSHOT_CHANNEL, pass);
};

const onPlace: Bridge['onPlace'] = (listener) => {
  const pass = (): void => listener();
  ipcRenderer.on(PLACE_CHANNEL, pass);
  return () => void ipcRenderer.off(PLACE_CHANNEL, pass);
};

const pathOfFile: Bridge['pathOfFile'] = (file) => webUtils.getPathForFile(file);

contextBridge.exposeInMainWorld('mailmole', { ...verbs, onSnapshot, onPlace, pathOfFile });
