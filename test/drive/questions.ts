import type { Core } from '../../src/main/core.ts';
import type { EventPayload } from '../../src/shared/contract/events.ts';
import type { ElicitationAnswer } from '../../src/shared/domain/elicitation.ts';

/** Prints what servers ask and log, and answers each question the same way. */
export function answerQuestions(
  core: Core,
  answer: ElicitationAnswer,
  print: (event: string, details: object) => void,
): void {
  let logged = 0;
  core.events.listen((name, payload) => {
    if (name === 'elicitation.changed') {
      const { id, message, question } = payload as EventPayload<'elicitation.changed'>;
      print('question', { message, ...question, answer: answer.action });
      // An address is printed, not opened: there is nobody to look at it first.
      core.features.elicitations.answer(id, answer);
    } else if (name === 'log.changed') {
      const { serverId } = payload as EventPayload<'log.changed'>;
      for (const { number, level, logger, text } of core.features.logs.log(serverId).entries) {
        if (number <= logged) continue;
        logged = number;
        print('log', { level, logger, text });
      }
    }
  });
}
