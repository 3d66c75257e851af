let text = '';

/** A clipboard in memory, apart from the system's and from the pages'. Text only. */
export const clipboard = {
  readText: async () => text,
  async writeText(value: string): Promise<void> {
    text = value;
  },
  clear(): void {
    text = '';
  },
  has: async (mimetype: string) => mimetype === 'text/plain' && text !== '',
} satisfies Partial<Electron.Clipboard>;
