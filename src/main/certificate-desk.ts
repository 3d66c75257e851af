import type { CertificateRequest, ClientCertificate } from '../shared/domain/certificate-request.ts';
import type { EventListener } from './events.ts';
import type { Cancel, Randomness, Scheduler } from './ports.ts';

/** How long a server waits for the person's choice, in milliseconds; then it gets no certificate. */
const PATIENCE_MS = 5 * 60_000;
/** Hosts that wait for a choice at most; more would only be a server playing with windows. */
const OPEN_REQUESTS = 8;

interface Open {
  readonly request: CertificateRequest;
  readonly answers: ((fingerprint: string | null) => void)[];
  readonly cancel: Cancel;
}

export interface CertificateDeskOptions {
  readonly randomness: Randomness;
  readonly scheduler: Scheduler;
  readonly emit: EventListener;
}

/**
 * Asks the person which certificate a server shall see, if any. Nothing is chosen for them, not even a single one:
 * a certificate tells a server who they are. A choice holds for its host until the app ends.
 */
export class CertificateDesk {
  readonly #options: CertificateDeskOptions;
  readonly #open = new Map<string, Open>();
  readonly #chosen = new Map<string, string | null>();

  constructor(options: CertificateDeskOptions) {
    this.#options = options;
  }

  /** Requests that wait for the person. */
  views(): CertificateRequest[] {
    return [...this.#open.values()].map(({ request }) => request);
  }

  /**
   * Asks for a choice. Requests of one host share it.
   * @param host with its port
   * @returns the fingerprint of the certificate to show; null: none
   */
  choose(host: string, certificates: readonly ClientCertificate[]): Promise<string | null> {
    const known = this.#chosen.get(host);
    if (known === null || certificates.some(({ fingerprint }) => fingerprint === known)) {
      return Promise.resolve(known ?? null);
    }
    const open = this.#open.get(host);
    if (open) return new Promise((resolve) => open.answers.push(resolve));
    if (certificates.length === 0 || this.#open.size >= OPEN_REQUESTS) return Promise.resolve(null);
    const { randomness, scheduler, emit } = this.#options;
    const request: CertificateRequest = { id: randomness.id(), host, certificates: [...certificates] };
    return new Promise((resolve) => {
      // Silence is no choice: the next connection asks again.
      const cancel = scheduler.after(PATIENCE_MS, () => this.#close(host, null));
      this.#open.set(host, { request, answers: [resolve], cancel });
      emit('certificate-request.changed', request);
    });
  }

  /** The person chose, or chose to show none. What is not open, or was not offered, does nothing. */
  answer(requestId: string, fingerprint: string | null): void {
    for (const [host, { request }] of this.#open) {
      if (request.id !== requestId) continue;
      if (fingerprint !== null && !request.certificates.some((one) => one.fingerprint === fingerprint))
        return;
      this.#chosen.set(host, fingerprint);
      this.#close(host, fingerprint);
      return;
    }
  }

  /** Whoever waits gets no certificate; choices are forgotten. */
  stop(): void {
    for (const host of [...this.#open.keys()]) this.#close(host, null);
    this.#chosen.clear();
  }

  #close(host: string, fingerprint: string | null): void {
    const open = this.#open.get(host);
    if (!open) return;
    this.#open.delete(host);
    open.cancel();
    this.#options.emit('certificate-request.removed', { requestId: open.request.id });
    for (const answer of open.answers) answer(fingerprint);
  }
}
