import { expect, test } from 'vitest';
import { chooseRedirect } from '../../../../src/main/sign-in/redirect/choice.ts';

const preferences = ['automatic', 'custom-scheme', 'loopback'] as const;

test('the custom scheme comes first where the system hands it to us, loopback elsewhere', () => {
  const facts = { server: 'automatic', app: 'automatic' } as const;
  expect(chooseRedirect({ ...facts, schemeRegistered: true })).toBe('custom-scheme');
  expect(chooseRedirect({ ...facts, schemeRegistered: false })).toBe('loopback');
});

test('the setting of the server wins over that of the app, and both over what the system offers', () => {
  for (const schemeRegistered of [true, false]) {
    for (const app of preferences) {
      expect(chooseRedirect({ server: 'loopback', app, schemeRegistered })).toBe('loopback');
      expect(chooseRedirect({ server: 'custom-scheme', app, schemeRegistered })).toBe('custom-scheme');
    }
    expect(chooseRedirect({ server: 'automatic', app: 'loopback', schemeRegistered })).toBe('loopback');
    expect(chooseRedirect({ server: 'automatic', app: 'custom-scheme', schemeRegistered })).toBe(
      'custom-scheme',
    );
  }
});
