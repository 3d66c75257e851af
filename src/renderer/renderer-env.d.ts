/// <reference types="vite/client" />

interface Window {
  readonly gatehouse: import('../shared/contract/index.ts').Bridge;
}
