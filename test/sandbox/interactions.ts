import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interaction, Provider } from 'oidc-provider';
import { readForm } from './loopback-host.ts';
import { sendConsentPage, sendLoginPage, sendMessagePage } from './pages.ts';
import { findUser, users } from './users.ts';

/** The pages between the authorization request and its answer: who are you, and do you allow this. */
export class Interactions {
  readonly #provider: Provider;
  /** What somebody already allowed a client, to mark what is new. */
  readonly #allowed = new Map<string, Set<string>>();

  readonly #withheld: (scope: string) => boolean;

  /** @param withheld whether a scope is not granted, whatever the person allows */
  constructor(provider: Provider, withheld: (scope: string) => boolean = () => false) {
    this.#provider = provider;
    this.#withheld = withheld;
  }

  /** Answers requests below `/interaction/`; false for all others. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    if (!req.url?.startsWith('/interaction/')) return false;
    let interaction: Interaction;
    try {
      interaction = await this.#provider.interactionDetails(req, res);
    } catch {
      sendMessagePage(
        res,
        400,
        'Nothing to answer',
        'This sign-in has been answered already, or has expired.',
      );
      return true;
    }
    const isConsent = interaction.prompt.name === 'consent';
    if (req.method === 'GET') {
      if (isConsent) await this.#showConsent(interaction, res);
      else await this.#showLogin(interaction, res);
    } else if (req.method === 'POST') {
      const form = await readForm(req);
      if (isConsent) await this.#answerConsent(interaction, form, req, res);
      else await this.#answerLogin(interaction, form, req, res);
    } else {
      res.writeHead(405, { allow: 'GET, POST' }).end();
    }
    return true;
  }

  async #showLogin(interaction: Interaction, res: ServerResponse): Promise<void> {
    const hint = findUser(text(interaction.params.login_hint));
    sendLoginPage(res, {
      action: `/interaction/${interaction.uid}`,
      clientName: await this.#clientName(interaction),
      users,
      current: interaction.session?.accountId,
      hint: hint?.id,
    });
  }

  async #answerLogin(
    interaction: Interaction,
    form: URLSearchParams,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const user = findUser(form.get('user') ?? undefined);
    if (!user) return sendMessagePage(res, 400, 'Unknown user', 'Go back and choose one of the users.');
    const result = { login: { accountId: user.id }, select_account: {} };
    const location = await this.#provider.interactionResult(req, res, result, {
      mergeWithLastSubmission: false,
    });
    await this.#forgetOtherUser(interaction, user.id);
    res.writeHead(303, { location }).end();
  }

  /** Otherwise oidc-provider would sign the earlier user out first, and end their tokens with it. */
  async #forgetOtherUser(interaction: Interaction, accountId: string): Promise<void> {
    const uid = interaction.session?.uid;
    if (!uid || interaction.session?.accountId === accountId) return;
    const session = await this.#provider.Session.findByUid(uid);
    if (!session) return;
    delete session.accountId;
    delete session.authorizations;
    await session.persist();
  }

  async #showConsent(interaction: Interaction, res: ServerResponse): Promise<void> {
    const user = findUser(interaction.session?.accountId) ?? users[0];
    if (!user) throw new Error('nobody to ask');
    const known = this.#allowed.get(consentKey(interaction));
    const scopes = (text(interaction.params.scope) ?? '').split(' ').filter(Boolean);
    sendConsentPage(res, {
      action: `/interaction/${interaction.uid}`,
      clientName: await this.#clientName(interaction),
      user,
      scopes: scopes.map((name) => ({ name, isNew: known !== undefined && !known.has(name) })),
      resource: text(interaction.params.resource),
      redirectUri: text(interaction.params.redirect_uri) ?? '',
    });
  }

  async #answerConsent(
    interaction: Interaction,
    form: URLSearchParams,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    if (form.get('decision') !== 'allow') {
      const denied = { error: 'access_denied', error_description: 'The user did not allow this.' };
      return this.#provider.interactionFinished(req, res, denied, { mergeWithLastSubmission: false });
    }
    const { details } = interaction.prompt as { details: ConsentDetails };
    const grant = new this.#provider.Grant({
      accountId: interaction.session?.accountId,
      clientId: text(interaction.params.client_id),
    });
    for (const scope of details.missingOIDCScope ?? []) {
      if (this.#withheld(scope)) grant.rejectOIDCScope(scope);
      else grant.addOIDCScope(scope);
    }
    if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims);
    for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) {
      for (const scope of scopes) {
        if (this.#withheld(scope)) grant.rejectResourceScope(resource, scope);
        else grant.addResourceScope(resource, scope);
      }
    }
    const key = consentKey(interaction);
    const asked = (text(interaction.params.scope) ?? '').split(' ');
    this.#allowed.set(key, new Set([...(this.#allowed.get(key) ?? []), ...asked]));
    await this.#provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  }

  async #clientName(interaction: Interaction): Promise<string> {
    const client = await this.#provider.Client.find(text(interaction.params.client_id) ?? '');
    return client?.clientName || client?.clientId || 'an unnamed application';
  }
}

interface ConsentDetails {
  missingOIDCScope?: string[];
  missingOIDCClaims?: string[];
  missingResourceScopes?: Record<string, string[]>;
}

function consentKey({ session, params }: Interaction): string {
  return `${session?.accountId} ${text(params.client_id)}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
