import type { MachineGrant, ServerSettings } from '../../../shared/domain/server.ts';

/** Who signs in: a person, or the machine by one of these grants. */
export const machineKinds = [
  'person',
  'client-credentials',
  'identity-assertion',
  'workload-identity',
] as const satisfies readonly ('person' | MachineGrant['kind'])[];

/** The settings form: text as typed, empty for “as the specification says”. */
export interface SettingsDraft {
  clientId: string;
  clientSecret: string;
  deleteSecret: boolean;
  clientAuthentication: ServerSettings['clientAuthentication'] | 'automatic';
  machine: (typeof machineKinds)[number];
  identityProvider: string;
  identityProviderClientId: string;
  identityToken: string;
  deleteIdentityToken: boolean;
  tokenFile: string;
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

export function draftOfSettings(settings: Omit<ServerSettings, 'headers'>): SettingsDraft {
  return {
    clientId: settings.clientId ?? '',
    clientSecret: '',
    deleteSecret: false,
    clientAuthentication: settings.clientAuthentication ?? 'automatic',
    ...machineDraft(settings.machineGrant),
    identityToken: '',
    deleteIdentityToken: false,
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

function machineDraft(
  grant: MachineGrant | undefined,
): Pick<SettingsDraft, 'machine' | 'identityProvider' | 'identityProviderClientId' | 'tokenFile'> {
  const asserted = grant?.kind === 'identity-assertion' ? grant : undefined;
  return {
    machine: grant?.kind ?? 'person',
    identityProvider: asserted?.identityProvider ?? '',
    identityProviderClientId: asserted?.identityProviderClientId ?? '',
    tokenFile: grant?.kind === 'workload-identity' ? grant.tokenFile : '',
  };
}

export type SettingsErrors = Partial<Record<keyof SettingsDraft, 'url' | 'port' | 'timeout' | 'needed'>>;

/** What the form stands for, or which fields can't be read. */
export function settingsOfDraft(draft: SettingsDraft):
  | {
      ok: true;
      settings: Omit<ServerSettings, 'headers'>;
      clientSecret: string | null | undefined;
      identityToken: string | null | undefined;
    }
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
  const machine = machineOfDraft(draft, errors);
  // There is nobody to register for (MCP extension OAuth client credentials).
  if (machine && !clientId) errors.clientId = 'needed';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    settings: {
      ...(clientId && { clientId }),
      ...(draft.clientAuthentication &&
        draft.clientAuthentication !== 'automatic' && { clientAuthentication: draft.clientAuthentication }),
      ...(machine && { machineGrant: machine }),
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
    identityToken: draft.deleteIdentityToken ? null : draft.identityToken.trim() || undefined,
  };
}

/** The machine grant the form stands for; what is missing of it is noted. */
function machineOfDraft(draft: SettingsDraft, errors: SettingsErrors): MachineGrant | undefined {
  switch (draft.machine) {
    case 'person':
      return undefined;
    case 'client-credentials':
      return { kind: 'client-credentials' };
    case 'identity-assertion': {
      const identityProvider = draft.identityProvider.trim();
      const identityProviderClientId = draft.identityProviderClientId.trim();
      if (!URL.canParse(identityProvider)) errors.identityProvider = 'url';
      if (!identityProviderClientId) errors.identityProviderClientId = 'needed';
      return { kind: 'identity-assertion', identityProvider, identityProviderClientId };
    }
    case 'workload-identity': {
      const tokenFile = draft.tokenFile.trim();
      if (!tokenFile) errors.tokenFile = 'needed';
      return { kind: 'workload-identity', tokenFile };
    }
  }
}

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
