import { domainToUnicode } from 'node:url';
import type { AddressWarning, ShownAddress } from '../../shared/domain/elicitation.ts';
import { browserUrl, isLoopbackHost } from '../oauth/url-policy.ts';

/** Scripts whose letters people mistake for one another; Latin with Chinese, Japanese and Korean is common. */
const SCRIPTS = {
  latin: /\p{Script=Latin}/u,
  cyrillic: /\p{Script=Cyrillic}/u,
  greek: /\p{Script=Greek}/u,
  armenian: /\p{Script=Armenian}/u,
  cherokee: /\p{Script=Cherokee}/u,
  hebrew: /\p{Script=Hebrew}/u,
  arabic: /\p{Script=Arabic}/u,
  georgian: /\p{Script=Georgian}/u,
  lisu: /\p{Script=Lisu}/u,
};
const NUMERIC_HOST = /^(\[.*\]|\d+\.\d+\.\d+\.\d+)$/;

/**
 * An address a server wants opened: whole, its host in clear, and what about it may deceive (Unicode TS 39,
 * confusable detection in its coarsest form).
 * @throws ProblemError `endpoint-refused`: it may not be opened at all
 */
export function shownAddress(given: string): ShownAddress {
  const url = browserUrl(given, 'address to open');
  const host = url.host;
  const readableHost = url.port ? `${readable(url.hostname)}:${url.port}` : readable(url.hostname);
  const warnings: AddressWarning[] = [];
  if (readableHost !== host || host.includes('xn--')) warnings.push('international-host');
  if (readable(url.hostname).split('.').some(mixesScripts)) warnings.push('mixed-scripts');
  if (url.protocol === 'http:') warnings.push('plain-http');
  if (NUMERIC_HOST.test(url.hostname) && !isLoopbackHost(url.hostname)) warnings.push('numeric-host');
  return { url: url.href, host, readableHost, warnings };
}

/** The host as people read it; its ASCII form where it is no valid name. */
function readable(hostname: string): string {
  return domainToUnicode(hostname) || hostname;
}

/** Whether one part of a host name has letters of several scripts that look alike. */
function mixesScripts(label: string): boolean {
  return Object.values(SCRIPTS).filter((script) => script.test(label)).length > 1;
}
