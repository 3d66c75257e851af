import type { SignInStatus, SignInStep } from '../../../shared/domain/sign-in.ts';

export const stepOrder = [
  'discover',
  'register',
  'browser',
  'token',
  'connect',
] as const satisfies readonly SignInStep[];

export type StepState = 'done' | 'current' | 'failed' | 'stopped' | 'waiting';

/** What the stepper shows at one step of an attempt. */
export function stepState(step: SignInStep, current: SignInStep, status: SignInStatus['kind']): StepState {
  const distance = stepOrder.indexOf(step) - stepOrder.indexOf(current);
  if (status === 'succeeded' || distance < 0) return 'done';
  if (distance > 0) return 'waiting';
  if (status === 'failed') return 'failed';
  return status === 'cancelled' ? 'stopped' : 'current';
}
