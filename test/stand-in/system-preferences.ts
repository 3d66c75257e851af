import { EventEmitter } from 'node:events';

class SystemPreferences extends EventEmitter {
  getAnimationSettings(): Electron.AnimationSettings {
    return {
      shouldRenderRichAnimation: true,
      scrollAnimationsEnabledBySystem: true,
      prefersReducedMotion: false,
    };
  }

  getAccentColor(): string {
    return '3584e4ff';
  }
}

export const systemPreferences = new SystemPreferences();
systemPreferences satisfies Pick<Electron.SystemPreferences, 'getAnimationSettings' | 'getAccentColor'>;
