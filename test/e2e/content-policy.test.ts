import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runtimeInUse } from './app.ts';
import { AttackedApp, type PageWorld } from './attacked-app.ts';

// Number 7 of Electron's security checklist, measured on the running app by the reports of its policy.

let attacked: AttackedApp;
let page: Page;

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  attacked = await AttackedApp.start();
  page = attacked.page;
});
afterAll(() => attacked?.end());
afterEach(() => attacked.expectUnharmed());

test('the app itself keeps to its policy, on every page and in its dialogs', async () => {
  for (const place of ['Accounts', 'Activity', 'Settings']) {
    await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click();
    await page.getByRole('heading', { name: place }).first().waitFor();
  }
  await page.getByRole('link', { name: 'Gatehouse' }).click();
  await page.getByTestId('add-server-button').first().click();
  await page.getByTestId('server-url-input').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(await page.evaluate(() => (window as unknown as PageWorld).reports)).toEqual([]);
});

describe('7. Content security policy', () => {
  test('an inline script does not run', async () => {
    const directive = await attacked.violation(() => {
      const script = document.createElement('script');
      script.append('ran.push("inline script")');
      document.head.append(script);
    });
    expect(directive).toMatch(/^(script-src-elem|require-trusted-types-for)$/);
  });

  test('an inline event handler does not run', async () => {
    const directive = await attacked.violation(() => {
      const image = document.createElement('img');
      image.setAttribute('onerror', 'ran.push("handler")');
      image.src = '/none.png';
      document.body.append(image);
    });
    expect(directive).toMatch(/^(script-src-attr|require-trusted-types-for)$/);
  });

  test('a javascript: link does not run', async () => {
    const directive = await attacked.violation(() => {
      const link = document.createElement('a');
      link.href = 'javascript:ran.push("link")';
      document.body.append(link);
      link.click();
      link.remove();
    });
    expect(directive).toMatch(/^(script-src-elem|require-trusted-types-for)$/);
  });

  // Asked a turn later: what DevTools evaluates itself may always use eval.
  const compiling: Record<string, () => void> = {
    eval: () =>
      void setTimeout(() => {
        // biome-ignore lint/security/noGlobalEval: that it is refused is what is tested.
        globalThis.eval('ran.push("eval")');
      }),
    'a function from text': () =>
      void setTimeout(() => {
        Function('ran.push("function")')();
      }),
    'a timer from text': () => void setTimeout(() => setTimeout('ran.push("timer")' as never)),
  };
  for (const [name, compile] of Object.entries(compiling)) {
    test(`${name} is not compiled`, async () => {
      expect(await attacked.violation(compile)).toMatch(/^(script-src|require-trusted-types-for)$/);
    });
  }

  test('text does not become a document', async () => {
    const directive = await attacked.violation(() => {
      document.createElement('div').innerHTML = '<img src=x onerror=ran.push("markup")>';
    });
    expect(directive).toBe('require-trusted-types-for');
  });

  test('an inline style sheet does not apply', async () => {
    const directive = await attacked.violation(() => {
      const style = document.createElement('style');
      style.append('body { background: red }');
      document.head.append(style);
    });
    expect(directive).toBe('style-src-elem');
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(
      'rgb(255, 0, 0)',
    );
  });

  const loads: Record<string, [directive: RegExp, load: (origin: string) => unknown]> = {
    script: [
      /^(script-src-elem|require-trusted-types-for)$/,
      (origin) => {
        const script = document.createElement('script');
        script.src = `${origin}/script.js`;
        document.head.append(script);
      },
    ],
    module: [
      /^script-src-elem$/,
      (origin) => {
        const link = document.createElement('link');
        Object.assign(link, { rel: 'modulepreload', href: `${origin}/module.js` });
        document.head.append(link);
      },
    ],
    'style sheet': [
      /^style-src-elem$/,
      (origin) => {
        const link = document.createElement('link');
        Object.assign(link, { rel: 'stylesheet', href: `${origin}/style.css` });
        document.head.append(link);
      },
    ],
    image: [
      /^img-src$/,
      (origin) => {
        new Image().src = `${origin}/image.png`;
      },
    ],
    font: [/^font-src$/, (origin) => new FontFace('Foreign', `url(${origin}/font.woff2)`).load()],
    media: [
      /^media-src$/,
      (origin) => {
        new Audio(`${origin}/sound.mp3`).load();
      },
    ],
    fetch: [/^connect-src$/, (origin) => fetch(`${origin}/fetch`)],
    beacon: [/^connect-src$/, (origin) => navigator.sendBeacon(`${origin}/beacon`, 'x')],
    'event stream': [/^connect-src$/, (origin) => void new EventSource(`${origin}/events`)],
    'web socket': [/^connect-src$/, (origin) => void new WebSocket(origin.replace('http', 'ws'))],
    worker: [/^(worker-src|require-trusted-types-for)$/, (origin) => new Worker(`${origin}/worker.js`)],
    'worker from text': [
      /^(worker-src|require-trusted-types-for)$/,
      () => new Worker(URL.createObjectURL(new Blob(['self.x = 1']))),
    ],
    frame: [
      /^frame-src$/,
      (origin) => {
        const frame = document.createElement('iframe');
        frame.src = `${origin}/frame`;
        document.body.append(frame);
      },
    ],
    object: [
      /^(object-src|require-trusted-types-for)$/,
      (origin) => {
        const object = document.createElement('object');
        object.data = `${origin}/object`;
        document.body.append(object);
      },
    ],
    prefetch: [
      /^default-src$/,
      (origin) => {
        const link = document.createElement('link');
        Object.assign(link, { rel: 'prefetch', href: `${origin}/prefetch` });
        document.head.append(link);
      },
    ],
    form: [
      /^form-action$/,
      (origin) => {
        const form = document.createElement('form');
        form.action = `${origin}/form`;
        document.body.append(form);
        form.submit();
        form.remove();
      },
    ],
    'base address': [
      /^base-uri$/,
      (origin) => {
        const base = document.createElement('base');
        base.href = origin;
        document.head.append(base);
        base.remove();
      },
    ],
  };
  for (const [name, [directive, load]] of Object.entries(loads)) {
    test(`no ${name} from elsewhere`, async () => {
      expect(await attacked.violation(load)).toMatch(directive);
    });
  }

  test('what no policy covers ends at the page’s own session: preconnecting and WebRTC reach nobody', async () => {
    const candidates = await page.evaluate(
      async ([origin, port, datagramPort]) => {
        for (const rel of ['preconnect', 'dns-prefetch']) {
          const link = document.createElement('link');
          Object.assign(link, { rel, href: origin });
          document.head.append(link);
        }
        const connection = new RTCPeerConnection({
          iceServers: [
            { urls: `stun:127.0.0.1:${datagramPort}` },
            { urls: `turn:127.0.0.1:${port}?transport=tcp`, username: 'a', credential: 'b' },
          ],
        });
        connection.createDataChannel('out');
        const found: string[] = [];
        connection.onicecandidate = ({ candidate }) => candidate && found.push(candidate.candidate);
        const gathered = new Promise((resolve) => {
          connection.onicegatheringstatechange = () =>
            connection.iceGatheringState === 'complete' && resolve(undefined);
        });
        await connection.setLocalDescription(await connection.createOffer());
        await gathered;
        connection.close();
        return found;
      },
      [attacked.foreign.origin, attacked.foreign.port, attacked.foreign.datagramPort] as const,
    );
    expect(candidates).toEqual([]);
  });
});
