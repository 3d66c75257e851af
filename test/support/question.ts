import type { Elicitation } from '../../src/shared/domain/elicitation.ts';

/** A question of a server, as the window gets it. */
export function aQuestion(over: Partial<Elicitation> & { id: string }): Elicitation {
  return {
    serverId: 'server-1',
    accountId: null,
    request: null,
    askedAt: 0,
    message: 'What is your name?',
    question: { mode: 'form', schema: { type: 'object', properties: { name: { type: 'string' } } } },
    ...over,
  };
}
