import { describe, expect, test } from 'vitest';
import type { UpdateSource } from '../../src/main/ports.ts';
import { UpdateDesk } from '../../src/main/update-desk.ts';
import type { NewerVersion, UpdateState, UpdateWay } from '../../src/shared/domain/update.ts';
import { startCore } from '../support/core.ts';
import { quietly, SimulatedTime, until } from '../support/time.ts';

const DAY_MS = 24 * 3_600_000;
const newer: NewerVersion = { version: '0.2.0', notes: 'Faster.' };

/** Where updates come from, in the test's hands. */
class HeldSource implements UpdateSource {
  readonly way: UpdateWay;
  found: NewerVersion | null | Error = null;
  broken: Error | null = null;
  readonly asked: string[] = [];
  #progress: (percent: number) => void = () => undefined;
  #finish: () => void = () => undefined;

  constructor(way: UpdateWay = 'itself') {
    this.way = way;
  }

  async check(): Promise<NewerVersion | null> {
    this.asked.push('check');
    if (this.found instanceof Error) throw this.found;
    return this.found;
  }

  download(progress: (percent: number) => void): Promise<void> {
    this.asked.push('download');
    this.#progress = progress;
    return new Promise((resolve, reject) => {
      this.#finish = () => (this.broken ? reject(this.broken) : resolve());
    });
  }

  install(): void {
    this.asked.push('install');
  }

  reach(percent: number): void {
    this.#progress(percent);
  }

  finish(): void {
    this.#finish();
  }
}

function deskOn(source: HeldSource, wanted = () => true) {
  const time = new SimulatedTime(0);
  const told: UpdateState[] = [];
  const desk = new UpdateDesk({
    source,
    clock: time,
    scheduler: time,
    wanted,
    emit: (name, payload) => {
      if (name === 'update.changed') told.push(payload as UpdateState);
    },
  });
  return { desk, time, told };
}

test('it asks soon after the start and then once a day, and does nothing more by itself', async () => {
  const source = new HeldSource();
  const { desk, time } = deskOn(source);
  desk.settingChanged();
  expect(source.asked).toEqual([]);
  time.advance(10_000);
  await quietly();
  expect(desk.state).toEqual({ kind: 'current', checkedAt: 10_000 });
  source.found = newer;
  for (let day = 0; day < 3; day += 1) {
    time.advance(DAY_MS);
    await quietly();
  }
  expect(desk.state).toEqual({ kind: 'available', ...newer });
  expect(source.asked).toEqual(['check', 'check', 'check', 'check']);
});

test('the person downloads, and installs; both only when their time has come', async () => {
  const source = new HeldSource();
  source.found = newer;
  const { desk, told } = deskOn(source);
  desk.settingChanged();
  await desk.download();
  desk.install();
  expect(source.asked).toEqual([]);
  await desk.check();
  desk.install();
  const downloading = desk.download();
  for (const percent of [0.4, 12.3, 12.9, 50]) source.reach(percent);
  source.finish();
  await downloading;
  expect(told.flatMap((state) => (state.kind === 'downloading' ? [state.percent] : []))).toEqual([0, 12, 50]);
  expect(desk.state).toEqual({ kind: 'ready', ...newer });
  // Neither another question nor another download disturbs what is ready.
  await desk.check();
  await desk.download();
  desk.install();
  expect(source.asked).toEqual(['check', 'download', 'install']);
});

test('switched off nobody is asked, also not by hand; switched on again it begins anew', async () => {
  const source = new HeldSource();
  let wanted = false;
  const { desk, time } = deskOn(source, () => wanted);
  desk.settingChanged();
  time.advance(10 * DAY_MS);
  await desk.check();
  expect(source.asked).toEqual([]);
  expect(desk.state).toEqual({ kind: 'off' });
  wanted = true;
  desk.settingChanged();
  desk.settingChanged();
  time.advance(10_000);
  await quietly();
  expect(source.asked).toEqual(['check']);
  wanted = false;
  desk.settingChanged();
  expect(desk.state).toEqual({ kind: 'off' });
  time.advance(10 * DAY_MS);
  expect(source.asked).toEqual(['check']);
});

test('a failure says so and is asked about again the next day', async () => {
  const source = new HeldSource();
  source.found = new Error('net::ERR_NAME_NOT_RESOLVED');
  const { desk, time } = deskOn(source);
  desk.settingChanged();
  time.advance(10_000);
  await quietly();
  expect(desk.state).toMatchObject({
    kind: 'failed',
    problem: { code: 'update-check-failed', detail: 'net::ERR_NAME_NOT_RESOLVED' },
    newer: null,
  });
  source.found = null;
  time.advance(DAY_MS);
  await quietly();
  expect(desk.state.kind).toBe('current');
});

test('a download that is somebody else’s is not installed, and may be tried again', async () => {
  const source = new HeldSource();
  source.found = newer;
  source.broken = new Error('sha512 checksum mismatch');
  const { desk } = deskOn(source);
  desk.settingChanged();
  await desk.check();
  const first = desk.download();
  source.finish();
  await first;
  expect(desk.state).toMatchObject({ kind: 'failed', problem: { code: 'update-download-failed' }, newer });
  desk.install();
  source.broken = null;
  const second = desk.download();
  source.finish();
  await second;
  expect(desk.state.kind).toBe('ready');
  expect(source.asked).not.toContain('install');
});

test('notes and version are bounded and made visible: they come from a server', async () => {
  const source = new HeldSource();
  source.found = { version: '0.2.0\u202E'.padEnd(500, 'x'), notes: `a\u202Eb\r\n${'c'.repeat(50_000)}` };
  const { desk } = deskOn(source);
  desk.settingChanged();
  await desk.check();
  if (desk.state.kind !== 'available') throw new Error(desk.state.kind);
  expect(desk.state.version.length).toBeLessThan(70);
  expect(desk.state.notes?.split('\n')[0]).toBe('a\\u{202e}b');
  expect(desk.state.notes?.length).toBeLessThan(21_000);
});

test.each(['package-manager', 'download', 'development'] as const)(
  'where newer versions come by %s nobody is asked',
  async (way) => {
    const source = new HeldSource(way);
    const { desk, time } = deskOn(source);
    desk.settingChanged();
    time.advance(10 * DAY_MS);
    await desk.check();
    await desk.download();
    desk.install();
    expect(source.asked).toEqual([]);
    expect(desk.state).toEqual({ kind: 'elsewhere', way });
  },
);

describe('in the core', () => {
  test('the setting switches it, at once', async () => {
    const source = new HeldSource();
    const { core, time } = await startCore({ updateSource: source });
    await core.start();
    time.advance(10_000);
    await until(() => core.updates.state.kind === 'current');
    await core.changeAppSettings({ updateChecks: false });
    time.advance(10 * DAY_MS);
    await quietly();
    expect(source.asked).toEqual(['check']);
    await core.changeAppSettings({ updateChecks: true });
    time.advance(10_000);
    await until(() => source.asked.length === 2);
  });

  test('the policy switches it off, and a broken policy too', async () => {
    const path = '/etc/gatehouse/policy.json';
    for (const policy of [
      { kind: 'in-force', path, policy: { version: 1, updates: 'off' } },
      { kind: 'broken', path, reason: 'it is not JSON' },
    ] as const) {
      const source = new HeldSource();
      const { core, time } = await startCore({ updateSource: source, policy });
      await core.start();
      time.advance(10 * DAY_MS);
      await core.updates.check();
      await quietly();
      expect(source.asked).toEqual([]);
      expect(core.updates.state).toEqual({ kind: 'off' });
    }
  });
});
