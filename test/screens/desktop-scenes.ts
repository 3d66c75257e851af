import type { CertificateRequest } from '../../src/shared/domain/certificate-request.ts';
import type { PolicyView } from '../../src/shared/domain/policy.ts';
import { settings } from '../../src/shared/domain/settings.ts';
import { makeProblem } from '../../src/shared/problems.ts';
import { aWorkday, memoryOnly, NOW } from './fixtures.ts';
import type { Scene } from './scenes.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

const policy: PolicyView = {
  path: '/etc/gatehouse/policy.json',
  organization: 'Example Corp IT',
  broken: null,
  allowedServers: ['mcp.linear.app', '*.corp.example'],
  allowedIssuers: ['login.corp.example'],
  localCommands: false,
  allowedPrograms: null,
  forcedServers: ['linear'],
  memoryOnly: true,
  updatesOff: true,
};

const newer = {
  version: '0.2.0',
  notes: 'New\n• Faster start\n• Calmer notifications: at most one an hour for each account',
};

const certificateRequest: CertificateRequest = {
  id: 'certificate-request-1',
  host: 'mcp.corp.example:8443',
  certificates: [
    {
      fingerprint: 'sha256/1',
      subject: 'Alice Example (laptop)',
      issuer: 'Example Corp Issuing CA 2',
      validFrom: NOW - YEAR_MS,
      validUntil: NOW + YEAR_MS,
    },
    {
      fingerprint: 'sha256/2',
      subject: 'Alice Example (smart card)',
      issuer: 'Example Corp Root CA',
      validFrom: NOW - YEAR_MS,
      validUntil: NOW + YEAR_MS / 12,
    },
  ],
};

/** What the desktop brings into the window: updates, a managed computer, certificates. */
export const desktopScenes: readonly Scene[] = [
  {
    name: 'settings-language',
    title: 'Settings: another language, chosen a moment ago',
    hash: '#/settings',
    snapshot: aWorkday(),
    act: async ({ page }) => {
      await page.getByTestId('language').selectOption('zh');
      await page.locator('html[lang="zh-Hans"]').waitFor();
      await page.getByRole('heading', { name: '设置' }).waitFor();
    },
  },
  {
    name: 'settings-managed',
    title: 'Settings: managed computer',
    hash: '#/settings',
    height: 1700,
    snapshot: aWorkday({
      policy,
      storage: memoryOnly,
      update: { kind: 'off' },
      settings: settings.parse({ updateChecks: false }),
    }),
  },
  {
    name: 'settings-policy-broken',
    title: 'Settings: broken policy file',
    hash: '#/settings',
    height: 1700,
    snapshot: aWorkday({
      policy: { ...policy, broken: 'allowedServer: Unrecognized key', organization: null },
      notices: [
        makeProblem('policy-broken', { path: policy.path, reason: 'allowedServer: Unrecognized key' }),
      ],
    }),
  },
  {
    name: 'settings-update-available',
    title: 'Settings: newer version',
    hash: '#/settings',
    height: 1500,
    snapshot: aWorkday({ update: { kind: 'available', ...newer } }),
  },
  {
    name: 'settings-update-downloading',
    title: 'Settings: newer version on its way',
    hash: '#/settings',
    height: 1500,
    snapshot: aWorkday({ update: { kind: 'downloading', ...newer, percent: 42 } }),
  },
  {
    name: 'settings-update-ready',
    title: 'Settings: newer version ready',
    hash: '#/settings',
    height: 1500,
    snapshot: aWorkday({ update: { kind: 'ready', ...newer } }),
  },
  {
    name: 'settings-update-failed',
    title: 'Settings: nobody answered about updates',
    hash: '#/settings',
    height: 1500,
    snapshot: aWorkday({
      update: {
        kind: 'failed',
        problem: makeProblem('update-check-failed', {}, 'net::ERR_NAME_NOT_RESOLVED'),
        newer: null,
      },
    }),
  },
  {
    name: 'server-forced',
    title: 'Server that has to stay',
    hash: '#/servers/linear',
    snapshot: aWorkday({ policy }),
    act: async ({ page }) => {
      await page.locator('.gh-server-head-actions [aria-haspopup=menu]').click();
      await page.getByTestId('locked-by').waitFor();
    },
  },
  {
    name: 'certificate',
    title: 'A server asks for a certificate',
    hash: '#/',
    snapshot: aWorkday({ certificateRequests: [certificateRequest] }),
    act: async ({ page }) => {
      await page.getByTestId('certificate-dialog').waitFor();
    },
  },
];
