import { aSnapshot, aWorkday } from './fixtures.ts';
import type { Scene } from './scenes.ts';
import type { Answers } from './stage.ts';
import { hostileTrace, longTrace, mendedTrace } from './trace-cases.ts';
import { failedTrace, goodTrace, traceSummaries, withoutSteps } from './traces.ts';

const kept = [goodTrace, failedTrace, mendedTrace, longTrace, hostileTrace];
const summaries = [...traceSummaries, withoutSteps(mendedTrace)];

const activity: Answers = {
  'activity.list': ({ serverId }) =>
    serverId === null ? summaries : summaries.filter((trace) => trace.serverId === serverId),
  'activity.get': ({ traceId }) => kept.find(({ id }) => id === traceId) ?? null,
};

const TALL = 1150;
const scene = (
  name: string,
  title: string,
  hash: string,
  act: Scene['act'],
  rest: Partial<Scene> = {},
): Scene => ({
  name,
  title,
  hash,
  snapshot: aWorkday(),
  answers: activity,
  ...(act && { act }),
  ...rest,
});
const sequence: Scene['act'] = async ({ page }) => page.getByTestId('sequence').waitFor();

export const activityScenes: readonly Scene[] = [
  scene('activity', 'Activity', '#/activity', async ({ page }) =>
    page.getByTestId('trace-trace-1').waitFor(),
  ),
  scene(
    'activity-empty',
    'Activity: nothing yet',
    '#/activity',
    async ({ page }) => page.getByText('Nothing has happened yet').waitFor(),
    { snapshot: aSnapshot(), answers: { 'activity.list': () => [] } },
  ),
  scene('activity-trace', 'Activity: a sign-in', '#/activity/trace-1', sequence, { height: TALL }),
  scene(
    'activity-trace-open',
    'Activity: a failed sign-in, its last step open',
    '#/servers/stripe/activity/trace-2',
    sequence,
    { height: TALL },
  ),
  scene(
    'activity-trace-token',
    'Activity: a step with a token',
    '#/activity/trace-1',
    async ({ page }) => {
      await page.getByTestId('step-9').click();
      await page.getByTestId('token').scrollIntoViewIfNeeded();
    },
    { height: TALL },
  ),
  scene('activity-trace-long', 'Activity: 200 steps', '#/activity/trace-long', sequence),
  scene(
    'activity-trace-hostile',
    'Activity: a trace full of hostile text',
    '#/activity/trace-hostile',
    sequence,
    { height: 2400 },
  ),
  scene(
    'activity-compare',
    'Activity: two attempts side by side',
    '#/servers/stripe/activity/trace-2/trace-8',
    async ({ page }) => page.getByTestId('compared-steps').waitFor(),
    { height: TALL },
  ),
  scene(
    'activity-compare-all',
    'Activity: two attempts, everything shown',
    '#/servers/stripe/activity/trace-2/trace-8',
    async ({ page }) => {
      await page.getByLabel('Only what differs').click();
      await page.getByLabel('Also what changes every time').click();
    },
    { height: 1500 },
  ),
  scene(
    'activity-compare-equal',
    'Activity: two equal attempts',
    '#/activity/trace-1/trace-1',
    async ({ page }) => page.getByTestId('compare-summary').waitFor(),
  ),
  scene('activity-gone', 'Activity: trace no longer kept', '#/activity/trace-9', undefined),
  scene('server-activity', 'Server: activity', '#/servers/stripe/activity', async ({ page }) =>
    page.getByTestId('trace-trace-2').waitFor(),
  ),
];
