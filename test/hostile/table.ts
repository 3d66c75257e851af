import type { HostileRow } from './row.ts';
import { afterwards } from './table/afterwards.ts';
import { browserAnswers } from './table/browser-answers.ts';
import { conversation } from './table/conversation.ts';
import { discovery } from './table/discovery.ts';
import { endpoints } from './table/endpoints.ts';
import { page } from './table/page.ts';
import { publicWeb } from './table/public-web.ts';
import { questions } from './table/questions.ts';
import { registration } from './table/registration.ts';
import { thisComputer } from './table/this-computer.ts';
import { tokens } from './table/tokens.ts';

/** Everything hostile there is, by where it happens. */
export const groups: readonly { readonly title: string; readonly rows: readonly HostileRow[] }[] = [
  { title: 'What a server and its issuer say about themselves', rows: discovery },
  { title: 'Where an issuer sends browser and code', rows: endpoints },
  { title: 'Out of the public internet into one’s own network', rows: publicWeb },
  { title: 'Registration', rows: registration },
  { title: 'What the browser brings back', rows: browserAnswers },
  { title: 'Tokens', rows: tokens },
  { title: 'Once somebody is signed in', rows: afterwards },
  { title: 'What a server answers', rows: conversation },
  { title: 'What a server asks', rows: questions },
  { title: 'What is displayed', rows: page },
  { title: 'Other programs on this computer', rows: thisComputer },
];

/** All rows, one table. */
export const table: readonly HostileRow[] = groups.flatMap(({ rows }) => rows);
