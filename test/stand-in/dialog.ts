import { say } from './runtime.ts';

type Choice = Electron.MessageBoxOptions;

/** Electron's dialogs take a window first, or not. */
function optionsOf<Options>(args: [unknown, Options] | [Options]): Options {
  return (args.length === 2 ? args[1] : args[0]) as Options;
}

function chosen({ cancelId, defaultId, buttons = [], message, detail = '' }: Choice): number {
  const response = cancelId ?? defaultId ?? 0;
  say(`nobody is there to answer the message box ${JSON.stringify({ message, detail, buttons, response })}`);
  return response;
}

/** There is no person: boxes answer as if cancelled, choosers as if nothing were chosen, and the log says so. */
export const dialog = {
  async showMessageBox(...args: [unknown, Choice] | [Choice]): Promise<Electron.MessageBoxReturnValue> {
    const options = optionsOf(args);
    return { response: chosen(options), checkboxChecked: options.checkboxChecked ?? false };
  },
  showMessageBoxSync(...args: [unknown, Choice] | [Choice]): number {
    return chosen(optionsOf(args));
  },
  async showOpenDialog(
    ..._args: [unknown, Electron.OpenDialogOptions] | [Electron.OpenDialogOptions]
  ): Promise<Electron.OpenDialogReturnValue> {
    say('nobody is there to choose a file to open');
    return { canceled: true, filePaths: [] };
  },
  async showSaveDialog(
    ..._args: [unknown, Electron.SaveDialogOptions] | [Electron.SaveDialogOptions]
  ): Promise<Electron.SaveDialogReturnValue> {
    say('nobody is there to choose where to save');
    return { canceled: true, filePath: '' };
  },
  showErrorBox(title: string, content: string): void {
    process.stderr.write(`${title}\n${content}\n`);
  },
} satisfies Pick<
  Electron.Dialog,
  'showMessageBox' | 'showMessageBoxSync' | 'showOpenDialog' | 'showSaveDialog' | 'showErrorBox'
>;
