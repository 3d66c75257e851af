import { connect } from 'node:net';
import { workerData } from 'node:worker_threads';

// Runs in a thread of the second instance: brings its message to the first one. Outcome 1: acknowledged, 2: nobody there.
const { socketLink, pid, payload, outcome } = workerData as {
  socketLink: string;
  pid: number;
  payload: Uint8Array;
  outcome: Int32Array;
};

function finish(result: 1 | 2): void {
  Atomics.store(outcome, 0, result);
  Atomics.notify(outcome, 0);
}

function alive(): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function attempt(): void {
  let answer = '';
  const connection = connect(socketLink, () => connection.end(payload));
  connection.on('data', (chunk) => {
    answer += chunk;
  });
  connection.on('error', () => {});
  connection.on('close', () => {
    if (answer === 'ACK') finish(1);
    // The owner makes its lock first and its socket a moment later.
    else if (alive()) setTimeout(attempt, 20);
    else finish(2);
  });
}

attempt();
