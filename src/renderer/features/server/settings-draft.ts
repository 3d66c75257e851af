import type { ServerSettings } from '../../../shared/domain/server.ts';

/** The settings form: text as typed, empty for “as the specification says”. */
export interface SettingsDraft {
  clientId: string;
  clientSecret: string;
  deleteSecret: boolean;
  clientAuthentication: ServerSettings['clientAuthentication'] | 'automatic';
  scopes: string[];
  resourceMode: ServerSettings['resource']['mode'];
  resourceValue: string;
  issuerPin: string;
  trustedIssuerName: string;
  assumeS256: boolean;
  redirect: ServerSettings['redirect'];
  loopbackPort: string;
  requestTimeoutSeconds: string;
}

export function draftOfSettings(settings: ServerSettings): SettingsDraft {
  return {
    clientId: settings.clientId ?? '',
    clientSecret: '',
    deleteSecret: false,
    clientAuthentication: settings.clientAuthentication ?? 'automatic',
    scopes: settings.scopes ?? [],
    resourceMode: settings.resource.mode,
    resourceValue: settings.resource.mode === 'fixed' ? settings.resource.value : '',
    issuerPin: settings.issuerPin ?? '',
    trustedIssuerName: settings.trustedIssuerName ?? '',
    assumeS256: settings.assumeS256,
    redirect: settings.redirect,
    loopbackPort: settings.loopbackPort === undefined ? '' : String(settings.loopbackPort),
    requestTimeoutSeconds: String(settings.requestTimeoutSeconds),
  };
}

export type SettingsErrors = Partial<Record<keyof SettingsDraft, 'url' | 'port' | 'timeout'>>;

/** What the form stands for, or which fields can't be read. */
export function settingsOfDraft(
  draft: SettingsDraft,
):
  | { ok: true; settings: ServerSettings; clientSecret: string | null | undefined }
  | { ok: false; errors: SettingsErrors } {
  const errors: SettingsErrors = {};
  const issuerPin = draft.issuerPin.trim();
  const trustedIssuerName = draft.trustedIssuerName.trim();
  const resourceValue = draft.resourceValue.trim();
  const clientId = draft.clientId.trim();
  const port = draft.loopbackPort.trim();
  const timeout = Number(draft.requestTimeoutSeconds);
  const isUrl = (text: string) => URL.canParse(text);
  if (issuerPin && !isUrl(issuerPin)) errors.issuerPin = 'url';
  if (trustedIssuerName && !isUrl(trustedIssuerName)) errors.trustedIssuerName = 'url';
  if (draft.resourceMode === 'fixed' && !isUrl(resourceValue)) errors.resourceValue = 'url';
  if (port && !isWhole(Number(port), 1, 65_535)) errors.loopbackPort = 'port';
  if (!isWhole(timeout, 1, 3600)) errors.requestTimeoutSeconds = 'timeout';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    settings: {
      ...(clientId && { clientId }),
      ...(draft.clientAuthentication &&
        draft.clientAuthentication !== 'automatic' && { clientAuthentication: draft.clientAuthentication }),
      ...(draft.scopes.length > 0 && { scopes: draft.scopes }),
      resource:
        draft.resourceMode === 'fixed'
          ? { mode: 'fixed', value: resourceValue }
          : { mode: draft.resourceMode },
      ...(issuerPin && { issuerPin }),
      ...(trustedIssuerName && { trustedIssuerName }),
      assumeS256: draft.assumeS256,
      redirect: draft.redirect,
      ...(port && { loopbackPort: Number(port) }),
      requestTimeoutSeconds: timeout,
    },
    clientSecret: draft.deleteSecret ? null : draft.clientSecret || undefined,
  };
}

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
