import type { elicitationCalls } from '../../shared/contract/elicitations.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function elicitationHandlers({
  core,
}: HandlerDependencies): Pick<Handlers, keyof typeof elicitationCalls> {
  const { elicitations } = core.features;
  return {
    'elicitations.answer': ({ elicitationId, answer }) => elicitations.answer(elicitationId, answer),
    'elicitations.open': ({ elicitationId }) => elicitations.open(elicitationId),
  };
}
