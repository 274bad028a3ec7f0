// A visit of the page of a drill, in a real browser with scripts switched off.
//
//     node tests/browser/STORY.mjs ADDRESS PEERS PICTURES
//
// ADDRESS is the page of a fresh drill, PEERS the folder that holds node_modules/playwright-core, PICTURES where
// screenshots go.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

export const [address, peers, pictures] = process.argv.slice(2);
const { chromium } = createRequire(join(resolve(peers), 'package.json'))('playwright-core');

export const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

const strays = [];
const complaints = [];

export async function open() {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: DESKTOP });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith('data:')) strays.push(url);
  });
  context.on('console', (message) => {
    // A form that is to be mended comes back with a status of its own, which the console notes.
    const refused = /status of 4(09|22) /.test(message.text());
    if (message.type() === 'error' && !refused) complaints.push(message.text());
  });
  return page;
}

/** Looks at the present page on both screens. */
export async function look(page, name) {
  assert.match(await page.title(), /^EXERCISE: /);
  assert.equal(await page.locator('.exercise').count(), 1, `${name}: says EXERCISE`);
  await inOrder(page, name);
  for (const [screen, size] of [['desktop', DESKTOP], ['phone', PHONE]]) {
    await page.setViewportSize(size);
    const box = await page.locator('body').boundingBox();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(box.width <= size.width && wide <= size.width, `${name} is ${wide} wide on a ${screen} of ${size.width}`);
    await hinted(page, `${name} on a ${screen}`);
    await page.screenshot({ path: join(pictures, `${name}-${screen}.png`), fullPage: true });
  }
  await page.setViewportSize(DESKTOP);
}

/** A table that is wider than the page says so, and no other does. */
async function hinted(page, name) {
  for (const frame of await page.locator('.wide').all()) {
    const { seen, scrolls, says } = await frame.evaluate((element) => ({
      seen: element.checkVisibility(),
      scrolls: element.scrollWidth > element.clientWidth + 1,
      says: getComputedStyle(element, '::before').content,
    }));
    if (seen) assert.equal(says.includes('sideways'), scrolls, `${name}: scrolls: ${scrolls}, says: ${says}`);
  }
}

/** Headings begin at the first level and leave none out. */
async function inOrder(page, name) {
  const headings = page.locator('main').getByRole('heading', { includeHidden: true });
  let above = 0;
  for (const heading of await headings.all()) {
    const level = Number((await heading.evaluate((element) => element.tagName)).slice(1));
    assert.ok(level <= above + 1, `${name}: h${level} follows h${above}: ${await heading.textContent()}`);
    above = level;
  }
  assert.equal(await page.locator('h1').count(), 1, `${name}: one first heading`);
}

/** Everything that Tab reaches, by its words or its id. */
export async function reached(page, most) {
  const names = [];
  for (let nth = 0; nth < most; nth += 1) {
    await page.keyboard.press('Tab');
    const focus = page.locator(':focus');
    if ((await focus.count()) === 0) break;
    const shown = await focus.evaluate((element) => {
      const style = getComputedStyle(element);
      return { name: element.id || element.textContent.trim(), outline: style.outlineStyle, width: style.outlineWidth };
    });
    assert.ok(shown.outline !== 'none' && shown.width !== '0px', `the focus on ${shown.name} is not seen`);
    names.push(shown.name);
  }
  return names;
}

export function follow(names, wanted) {
  let from = 0;
  for (const name of wanted) {
    const at = names.indexOf(name, from);
    assert.ok(at >= 0, `Tab does not reach ${name} after ${names[from]}; it reaches ${names.join(' | ')}`);
    from = at;
  }
}

/** The end of a story: nothing went wrong on the way. */
export async function done() {
  assert.deepEqual(strays, [], 'nothing is asked of anybody else');
  assert.deepEqual(complaints, [], 'the browser has nothing to complain of');
  await browser.close();
  process.stdout.write('ok\n');
}
