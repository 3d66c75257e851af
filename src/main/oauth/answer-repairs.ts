import { type AnswerKind, type Draft, dropMembers, eachMember, replaceMember } from './answer-draft.ts';

export interface Repair {
  readonly name: string;
  readonly kinds: readonly AnswerKind[];
  /** Mends the draft; says what was wrong, or null when nothing was. */
  readonly apply: (draft: Draft) => string | null;
}

const METADATA = ['protected-resource', 'issuer'] as const;
const ANSWERS = ['registration', 'token', 'pushed-authorization', 'introspection', 'revocation'] as const;
const ALL = [...METADATA, ...ANSWERS, 'userinfo'] as const;

/** Status oauth4webapi insists on. */
const EXPECTED: Partial<Record<AnswerKind, number>> = { registration: 201, 'pushed-authorization': 201 };
const isSuccess = (status: number) => status <= 299;
const errorOf = (draft: Draft) => {
  const error = draft.json?.error;
  return typeof error === 'string' ? error : null;
};
/** A finite number, also one written as a string; 0 for everything else. */
const numberIn = (value: unknown) => {
  const number = typeof value === 'string' ? Number.parseFloat(value) : value;
  return Number.isFinite(number) ? (number as number) : 0;
};
const FORM = /^[\w.~-]+=[^\s{}[\]"]*(?:&[\w.~-]+=[^\s{}[\]"]*)*$/;
/** GitHub's names for errors RFC 6749 §5.2 has names for. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['bad_verification_code', 'invalid_grant'],
  ['bad_refresh_token', 'invalid_grant'],
  ['incorrect_client_credentials', 'invalid_client'],
  ['application_suspended', 'unauthorized_client'],
  ['redirect_uri_mismatch', 'invalid_grant'],
]);
const LISTS = /_supported$|^authorization_servers$|^redirect_uris$/;
const FLAGS = /_supported$|_required$|^require_/;

/** Every repair we make, in order. Each is noted in the trace, so that a server's author sees what is wrong. */
export const repairs: readonly Repair[] = [
  {
    name: 'form-encoded-answer',
    kinds: ANSWERS,
    apply: (draft) => {
      const body = draft.body.trim();
      const declared = /x-www-form-urlencoded/i.test(draft.headers.get('content-type') ?? '');
      if (draft.json || !(declared || FORM.test(body)) || !body.includes('=')) return null;
      draft.json = Object.fromEntries(new URLSearchParams(body));
      return 'The answer is form-encoded, not JSON (RFC 6749 §5.1); read all the same.';
    },
  },
  {
    name: 'content-type',
    kinds: ALL,
    apply: (draft) => {
      const type = draft.headers.get('content-type');
      if (!draft.json) return null;
      draft.headers.set('content-type', 'application/json');
      if (type && /^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) return null;
      return `The content type is ${type ?? 'missing'}, not application/json; read all the same.`;
    },
  },
  {
    name: 'null-members',
    kinds: ALL,
    apply: (draft) => dropMembers(draft, (value) => value === null, 'null'),
  },
  {
    name: 'scope-list',
    kinds: ['token', 'registration', 'introspection'],
    apply: (draft) =>
      replaceMember(draft, 'scope', (scope) =>
        Array.isArray(scope) ? scope.filter((one) => typeof one === 'string').join(' ') : undefined,
      ),
  },
  {
    name: 'empty-members',
    kinds: ALL,
    apply: (draft) => dropMembers(draft, (value) => value === '', 'empty'),
  },
  {
    name: 'error-in-success',
    kinds: ['token', 'registration', 'pushed-authorization'],
    apply: (draft) => {
      if (!isSuccess(draft.status) || errorOf(draft) === null) return null;
      const told = `The status is ${draft.status} although the body is an error (RFC 6749 §5.2).`;
      draft.status = 400;
      return told;
    },
  },
  {
    name: 'error-name',
    kinds: ANSWERS,
    apply: (draft) => {
      const error = errorOf(draft) ?? '';
      const renamed = RENAMED.get(error);
      if (!draft.json || renamed === undefined) return null;
      draft.json.error = renamed;
      return `The error ${error} is called ${renamed} in RFC 6749 §5.2.`;
    },
  },
  {
    name: 'error-in-server-error',
    kinds: ANSWERS,
    apply: (draft) => {
      const error = errorOf(draft);
      if (draft.status < 500 || error === null || /^(?:server_error|temporarily_unavailable)$/.test(error)) {
        return null;
      }
      const told = `The status is ${draft.status} although ${error} is a client’s error; read as 400.`;
      draft.status = 400;
      return told;
    },
  },
  {
    name: 'challenge-beside-error',
    kinds: ANSWERS,
    apply: (draft) => {
      const beside = errorOf(draft) !== null && draft.headers.has('www-authenticate');
      draft.headers.delete('www-authenticate');
      return beside ? 'WWW-Authenticate stands beside an OAuth error; the error in the body counts.' : null;
    },
  },
  {
    name: 'success-status',
    kinds: ANSWERS,
    apply: (draft) => {
      const expected = EXPECTED[draft.kind] ?? 200;
      if (!isSuccess(draft.status) || draft.status === expected) return null;
      const told = `The status is ${draft.status}, the specification says ${expected}; success all the same.`;
      draft.status = expected;
      return told;
    },
  },
  {
    name: 'revocation-of-unknown-token',
    kinds: ['revocation'],
    apply: (draft) => {
      const error = errorOf(draft);
      if (error !== 'invalid_token' && error !== 'invalid_grant') return null;
      draft.status = 200;
      return `An unknown token is no error of revocation (RFC 7009 §2.2); ${error} counts as success.`;
    },
  },
  {
    name: 'client-id-number',
    kinds: ['registration'],
    apply: (draft) =>
      replaceMember(draft, 'client_id', (id) => (typeof id === 'number' ? String(id) : undefined)),
  },
  {
    name: 'secret-without-expiry',
    kinds: ['registration'],
    apply: (draft) => {
      const expiry = draft.json?.client_secret_expires_at;
      if (!draft.json || draft.json.client_secret === undefined) return null;
      const told = Math.max(0, numberIn(expiry));
      if (expiry === told) return null;
      draft.json.client_secret_expires_at = told;
      return 'client_secret_expires_at is missing or no number (RFC 7591 §3.2.1); taken as “never” if unknown.';
    },
  },
  {
    name: 'expires-in',
    kinds: ['token', 'pushed-authorization'],
    apply: (draft) => {
      const value = draft.json?.expires_in;
      if (!draft.json || value === undefined) return null;
      const seconds = numberIn(value);
      if (seconds > 0) {
        draft.json.expires_in = seconds;
        return typeof value === 'number' ? null : 'expires_in is a string, not a number (RFC 6749 §5.1).';
      }
      delete draft.json.expires_in;
      return `expires_in is ${JSON.stringify(value)}; taken as unknown.`;
    },
  },
  {
    name: 'token-type',
    kinds: ['token'],
    apply: (draft) => {
      const type = draft.json?.token_type;
      if (!draft.json || draft.json.access_token === undefined) return null;
      if (typeof type === 'string' && /^(?:bearer|dpop|n_a)$/i.test(type)) return null;
      draft.json.token_type = 'Bearer';
      return `token_type is ${type === undefined ? 'missing' : JSON.stringify(type)}; sent as Bearer.`;
    },
  },
  {
    name: 'refresh-token',
    kinds: ['token'],
    apply: (draft) =>
      dropMembers(draft, (value, name) => name === 'refresh_token' && typeof value !== 'string', 'no string'),
  },
  {
    name: 'id-token',
    kinds: ['token'],
    apply: (draft) => {
      const idToken = draft.json?.id_token;
      if (!draft.json || idToken === undefined) return null;
      // Kept beside, for a name to show when it validates; a broken one must not end the sign-in.
      delete draft.json.id_token;
      draft.json[UNVALIDATED_ID_TOKEN] = idToken;
      return typeof idToken === 'string' ? null : 'id_token is no string; ignored.';
    },
  },
  {
    name: 'list-as-string',
    kinds: ALL,
    apply: (draft) =>
      eachMember(draft, (value, name) =>
        LISTS.test(name) && typeof value === 'string' && !/^(?:true|false)$/i.test(value)
          ? value.split(/[\s,]/).filter(Boolean)
          : undefined,
      ),
  },
  {
    name: 'flag-as-string',
    kinds: METADATA,
    apply: (draft) =>
      eachMember(draft, (value, name) =>
        FLAGS.test(name) && typeof value === 'string' && /^(?:true|false)$/i.test(value)
          ? value.toLowerCase() === 'true'
          : undefined,
      ),
  },
];

/** Where the `id-token` repair puts an ID token until it is validated. */
export const UNVALIDATED_ID_TOKEN = 'unvalidated_id_token';
