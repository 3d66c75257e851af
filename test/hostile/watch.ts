import type { Fetch } from '../../src/main/ports.ts';
import type { Attack } from '../sandbox/profiles/hostile.ts';
import type { PlainSandbox } from '../sandbox/profiles/profile.ts';

/** Something secret, and whom it is for. */
interface Secret {
  readonly name: string;
  readonly value: string;
  /** Origins it may be sent to. */
  readonly parties: () => readonly string[];
}

interface Sent {
  readonly origin: string;
  readonly text: string;
}

/** Who was sent what: every request that leaves the core, and every secret as its issuer made it. */
export class Watch {
  readonly sent: Sent[] = [];
  readonly #secrets = new Map<string, Secret>();
  readonly #issuers = new Set<string>();
  /** Set when the issuer's own metadata sends the code to another host. */
  codeLeaves = false;

  /** How many access tokens were issued. */
  get granted(): number {
    return [...this.#secrets.values()].filter(({ name }) => name === 'access_token').length;
  }

  /** Secrets by value, for whoever looks into files. */
  get values(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  /** An attack that does nothing but tell what it sees being issued. */
  witness(places: () => Pick<PlainSandbox, 'server' | 'issuer'> | undefined): Attack {
    const issuer = () => places()?.issuer.origin ?? '';
    const server = () => places()?.server.origin ?? '';
    const ofIssuer = (name: string, value: unknown) => this.#learn(name, value, () => [issuer()]);
    return {
      answer: (endpoint, answer) => {
        this.#issuers.add(issuer());
        const body = (typeof answer.body === 'object' ? answer.body : {}) as Record<string, unknown>;
        if (endpoint === 'token') {
          this.#learn('access_token', body.access_token, () => [issuer(), server()]);
          ofIssuer('refresh_token', body.refresh_token);
        } else if (endpoint === 'registration') {
          ofIssuer('client_secret', body.client_secret);
          ofIssuer('registration_access_token', body.registration_access_token);
        }
        return answer;
      },
      redirect: (url) => {
        ofIssuer('code', url.searchParams.get('code'));
        return url;
      },
    };
  }

  /** A fetch that writes down what leaves. Other hosts than this computer are silent: no test talks to a stranger. */
  tap(through: Fetch = fetch): Fetch {
    return async (input, init) => {
      const url = new URL(input);
      const body = typeof init?.body === 'string' ? init.body : String(init?.body ?? '');
      this.sent.push({
        origin: url.origin,
        text: [url.href, ...[...new Headers(init?.headers)].flat(), body].join('\n'),
      });
      const verifier = new URLSearchParams(body).get('code_verifier');
      this.#learn('code_verifier', verifier, () => [...this.#issuers]);
      if (through === fetch && url.hostname !== '127.0.0.1') {
        const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
        throw new TypeError('fetch failed', { cause });
      }
      return through(input, init);
    };
  }

  /** Secrets that were sent to somebody they are not for: what, and to whom. */
  astray(): string[] {
    return this.sent.flatMap(({ origin, text }) => {
      const found = [...this.#secrets.values()].filter(
        ({ name, value, parties }) =>
          !parties().includes(origin) &&
          !(this.codeLeaves && name.startsWith('code')) &&
          (text.includes(value) || text.includes(encodeURIComponent(value))),
      );
      return found.map(({ name }) => `${name} sent to ${origin}`);
    });
  }

  #learn(name: string, value: unknown, parties: Secret['parties']): void {
    // Short values are words of the protocol, found everywhere.
    if (typeof value !== 'string' || value.length < 16 || this.#secrets.has(value)) return;
    this.#secrets.set(value, { name, value, parties });
  }
}
