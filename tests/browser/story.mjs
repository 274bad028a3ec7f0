// One incident in a real browser with scripts switched off: filed, reminded of, reported on, closed, and its report
// read. Along the way: nothing is asked of any other machine, nothing is wider than the screen, headings are in order,
// and the main controls are reached with the keyboard.
//
//     node tests/browser/story.mjs ADDRESS PEERS PICTURES
//
// The page is that of a fresh drill on GitHub; `visit.mjs` tells the rest of what is given. The last line is `ok`, or
// the first thing that is wrong.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { address, DESKTOP, done, follow, look, open, pictures, reached } from './visit.mjs';

const page = await open();

// Nothing yet.
await page.goto(address);
await look(page, 'empty');

// Filed from the template, and the board stands under it.
await page.getByRole('link', { name: 'File an issue' }).click();
await look(page, 'new');
const template = await page.getByLabel('Description').inputValue();
assert.match(template, /- \*\*Severity\*\*: unknown/);
const filled = template
  .replace("Short description of what's going on", "Dave's account signed in to build-3 at 04:12 and at 04:31, from two continents.")
  .replace('who initially reported the issue', '@erin')
  .replace('Any extra details about the issue can go here.\n\n', '');
await page.getByLabel('Description').fill(filled);
await page.getByRole('button', { name: 'File the issue' }).click();
assert.match(await page.getByRole('alert').textContent(), /Give the issue a title\./);
assert.equal(await page.getByLabel('Description').inputValue(), filled, 'what was typed is still there');
await look(page, 'mend');
await page.getByLabel('Title').fill('Odd logins on the build server');
await page.getByLabel('As', { exact: true }).selectOption('erin');
await page.getByLabel('Severity', { exact: true }).selectOption('high');
await page.getByRole('button', { name: 'File the issue' }).click();
await page.getByRole('heading', { level: 1, name: 'Odd logins on the build server' }).waitFor();
assert.match(await page.getByRole('status').textContent(), /erin filed issue #1/);
const board = page.locator('article.own').first();
assert.match(await board.textContent(), /EXERCISE.*IC: nobody/s);
assert.ok((await page.locator('.head .chip', { hasText: 'severity::high' }).count()) === 1, 'the labels follow the text');
assert.equal(await page.content().then((html) => html.includes('hotwash:board')), false, 'hidden marks stay hidden');
await look(page, 'filed');

// The keyboard reaches what matters, in the order of the page.
await page.goto(`${address}issues/1`);
const names = await reached(page, 60);
assert.equal(names[0], 'Skip to the content');
follow(names, ['Issues', 'clock-step', '+1 h', 'To what is due next', 'moment-to', 'Duties', 'comment-as', 'comment-text',
  'comment-send', 'state-close', 'labels-further', 'Set labels', 'Assign']);
await page.goto(`${address}issues/1`);
await page.keyboard.press('Tab');
await page.keyboard.press('Enter');
assert.match(page.url(), /#main$/, 'the skip link leads to the content');

// Two hours pass; the reminder is there to be read.
for (let hour = 0; hour < 2; hour += 1) {
  await page.getByRole('button', { name: '+1 h' }).click();
  await page.getByRole('status').filter({ hasText: '1 h passed.' }).waitFor();
}
const reminder = page.locator('article.own', { hasText: 'Acknowledge the report' }).last();
assert.match(await reminder.textContent(), /due/);
await look(page, 'reminded');
await page.setViewportSize({ width: 1200, height: 1000 });
await page.screenshot({ path: join(pictures, 'drill.png') });
await page.setViewportSize(DESKTOP);

// Answered, reported on.
async function comment(who, text) {
  await page.locator('#comment-as').selectOption(who);
  await page.locator('#comment-text').fill(text);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await page.getByRole('status').filter({ hasText: `${who} commented.` }).waitFor();
}
await comment('bob', '@hotwash ack');
await comment('bob', 'Sitrep: the attacker is out.\n\n| what | where |\n|---|---|\n| keys | rotated |\n\n- [x] disk imaged\n- [ ] ~~all~~ half of the logs read');
assert.match(await board.textContent(), /IC: @bob/);
assert.equal(await page.locator('details.folded').count() > 0, true, 'the reminder was folded away');
await page.getByRole('button', { name: 'To what is due next' }).click();
await page.getByRole('status').filter({ hasText: 'passed.' }).waitFor();
await comment('carol', '@hotwash status resolved');
await page.getByRole('link', { name: 'Duties' }).click();
assert.match(await page.locator('main table').textContent(), /Situation report/);
await look(page, 'duties');
await page.getByRole('link', { name: 'Thread' }).click();

// Two tabs: the second is shown what the first did to the text.
const other = await page.context().newPage();
await other.goto(`${address}issues/1/edit`);
await page.getByRole('link', { name: 'Edit title and text' }).click();
await page.getByLabel('Description').fill(`${filled}\n\nThe first tab was here.`);
await page.getByRole('button', { name: 'Save' }).click();
await other.getByLabel('Description').fill(`${filled}\n\nSo was the second.`);
await other.getByRole('button', { name: 'Save' }).click();
assert.match(await other.locator('.theirs').textContent(), /The first tab was here\./);
assert.match(await other.getByLabel('Description').inputValue(), /So was the second\./);
await look(other, 'conflict');
await other.close();
await page.getByRole('link', { name: 'Thread' }).click();

// Closed; the report is there, with its picture drawn.
await page.locator('#state-as').selectOption('carol');
await page.getByRole('button', { name: 'Close', exact: true }).click();
await page.getByRole('status').filter({ hasText: 'carol closed the issue.' }).waitFor();
const report = page.locator('article.own', { hasText: 'Retrospective' }).last();
assert.match(await report.textContent(), /Odd logins on the build server/);
assert.match(await report.textContent(), /Situation reports: \d+ in time/);
assert.ok((await report.locator('svg.gantt rect').count()) >= 4, 'the picture has bars');
assert.ok(await report.locator('svg.gantt').isVisible(), 'the picture is seen');
const hrefs = [];
for (const link of await report.getByRole('link', { name: 'evidence' }).all()) hrefs.push(await link.getAttribute('href'));
assert.ok(hrefs.length >= 4 && hrefs.every((href) => href.startsWith('/issues/1')), `links lead to the thread: ${hrefs}`);
const [anchor] = hrefs.filter((href) => href.includes('#issuecomment-')).map((href) => href.split('#')[1]);
assert.equal(await page.locator(`article[id="${anchor}"]`).count(), 1, `${anchor} is in the thread`);
await look(page, 'report');
await page.locator('svg.gantt').screenshot({ path: join(pictures, 'picture.png') });

await page.getByRole('link', { name: 'Journal' }).click();
assert.match(await page.locator('main').textContent(), /The chain is whole/);
await look(page, 'journal');
await page.getByRole('link', { name: 'Deliveries' }).click();
await page.getByRole('button', { name: /^Deliver issues\.closed number/ }).first().click();
assert.match(await page.getByRole('status').textContent(), /delivered again/);
assert.match(await page.locator('tbody tr').first().textContent(), /sent again/);
await look(page, 'deliveries');
await page.getByRole('link', { name: 'Issues' }).click();
await look(page, 'issues');

await done();
