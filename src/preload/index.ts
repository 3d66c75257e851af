import { contextBridge, ipcRenderer } from 'electron';
// Only the channel names: the schemas stay out of the preload bundle.
import { CALL_CHANNEL, EVENT_CHANNEL } from '../shared/contract/channels.ts';
import type { Bridge } from '../shared/contract/index.ts';

const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  on: (listener) => {
    const forward = (_event: unknown, name: string, payload: unknown) => listener(name, payload);
    ipcRenderer.on(EVENT_CHANNEL, forward);
    return () => ipcRenderer.off(EVENT_CHANNEL, forward);
  },
};

contextBridge.exposeInMainWorld('gatehouse', bridge);
