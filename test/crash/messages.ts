import type { Work } from './plan.ts';

/** What the process that will be killed is to do. */
export interface Order {
  /** The user data folder. */
  readonly folder: string;
  readonly work: Work;
  readonly seed: number;
}

/** From the test to the process. */
export type ToProcess =
  | { readonly kind: 'go'; readonly order: Order }
  /** The browser hands over a link of our scheme. */
  | { readonly kind: 'link'; readonly link: string }
  /** Every token of that server so far is refused from now on. */
  | { readonly kind: 'tokens-refused' };

/** From the process to the test. */
export type FromProcess =
  /** All code is loaded, no file has been touched. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'open-browser'; readonly url: string }
  | { readonly kind: 'refuse-tokens'; readonly serverUrl: string }
  | { readonly kind: 'sign-in-began' }
  | { readonly kind: 'sign-in-ended'; readonly accountId: string }
  | { readonly kind: 'deed-done' }
  /** Something went wrong that no kill explains. */
  | { readonly kind: 'went-wrong'; readonly what: string };
