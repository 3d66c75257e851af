/** Someone who can sign in; there are no passwords. */
export interface SandboxUser {
  id: string;
  name: string;
  email: string;
}

/** The people of the sandbox. */
export const users: readonly SandboxUser[] = [
  { id: 'alice', name: 'Alice Example', email: 'alice@example.com' },
  { id: 'bob', name: 'Bob Example', email: 'bob@example.com' },
];

/** Finds a user by id or email address, as `login_hint` may hold either. */
export function findUser(hint: string | undefined): SandboxUser | undefined {
  return users.find((user) => user.id === hint || user.email === hint);
}
