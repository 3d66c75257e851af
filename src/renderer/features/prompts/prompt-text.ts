import type { FilledPrompt } from '../../../shared/domain/prompt.ts';
import type { ContentBlock } from '../../../shared/domain/tool.ts';

/** Characters that go to the clipboard at most. */
const COPY_LIMIT = 900_000;

/**
 * A prompt as text to paste elsewhere. Who says what is named only where both speak; what is no text is named
 * by its kind.
 */
export function promptText(
  { messages }: Pick<FilledPrompt, 'messages'>,
  roles: Readonly<Record<'user' | 'assistant', string>>,
): string {
  const named = new Set(messages.map(({ role }) => role)).size > 1;
  return messages
    .map(({ role, content }) => (named ? `${roles[role]}:\n${blockText(content)}` : blockText(content)))
    .join('\n\n')
    .slice(0, COPY_LIMIT);
}

function blockText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `[${block.mimeType}]`;
    case 'resource_link':
      return block.uri;
    case 'resource':
      return block.text === undefined ? block.uri : `${block.uri}\n${block.text}`;
    case 'unknown':
      return block.json;
  }
}
