import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** SVG can carry script and references to elsewhere; only pixels are shown. */
const SHOWN_IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const PLAYED_SOUNDS = /^audio\/(mpeg|mp3|wav|x-wav|ogg|webm|aac|flac|mp4)$/;

/** A picture or sound from outside; null for what is neither, or is not shown. */
export function mediaKind(mimeType: string, data: string): 'image' | 'audio' | null {
  if (!BASE64.test(data)) return null;
  if (SHOWN_IMAGES.has(mimeType)) return 'image';
  return PLAYED_SOUNDS.test(mimeType) ? 'audio' : null;
}

/** Shows a picture, plays a sound, names anything else. */
export function Media({ mimeType, data }: { mimeType: string; data: string }) {
  const { t } = useTranslation();
  switch (mediaKind(mimeType, data)) {
    case 'image':
      return (
        <img
          className="gh-result-image"
          src={`data:${mimeType};base64,${data}`}
          alt={t('tools.imageAlt', { mimeType })}
        />
      );
    case 'audio':
      return (
        // biome-ignore lint/a11y/useMediaCaption: what a server sends brings no captions
        <audio controls src={`data:${mimeType};base64,${data}`} aria-label={t('tools.audio')} />
      );
    case null:
      return (
        <p className="gh-soft gh-small">
          {mimeType.startsWith('audio/') ? t('tools.audio') : t('tools.image')}:{' '}
          {t('tools.notShown', { mimeType: visibleText(mimeType, 80) })}
        </p>
      );
  }
}
