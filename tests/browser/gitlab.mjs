// A short walk on GitLab, in a real browser with scripts switched off: filed from the template, whose quick actions hide
// the issue; its severity set by another; reminded of, answered, shown to others for a moment, reported on and closed.
//
//     node tests/browser/gitlab.mjs ADDRESS PEERS PICTURES
//
// The page is that of a fresh drill on GitLab; `visit.mjs` tells the rest of what is given. The last line is `ok`, or
// the first thing that is wrong.
import assert from 'node:assert/strict';
import { address, done, follow, look, open, reached } from './visit.mjs';

const page = await open();

async function says(words) {
  await page.getByRole('status').filter({ hasText: words }).waitFor();
}

async function comment(who, text) {
  await page.locator('#comment-as').selectOption(who);
  await page.locator('#comment-text').fill(text);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
}

const events = page.locator('p.event');
const state = page.locator('.head .state');

// Filed from the template: its last lines hide the issue and put the label on, and are seen no more.
await page.goto(address);
assert.match(await page.locator('main').textContent(), /On GitLab, only people with the role reporter or more/);
await page.getByRole('link', { name: 'File an issue' }).click();
const template = await page.getByLabel('Description').inputValue();
assert.match(template, /\n\/confidential\n\/label ~incident\n$/);
await page.getByLabel('Title').fill('Odd logins on the build server');
await page.getByLabel('As', { exact: true }).selectOption('erin');
await page.getByLabel('Severity', { exact: true }).selectOption('high');
await page.getByRole('button', { name: 'File the issue' }).click();
await says('erin filed issue #1');
assert.deepEqual(await state.allTextContents(), ['Open', 'Confidential']);
const description = await page.locator('#description').textContent();
assert.ok(!description.includes('/confidential') && !description.includes('/label'), description);
assert.equal(await page.locator('.head .chip', { hasText: /^incident$/ }).count(), 1, 'the label is on');
assert.equal(await page.locator('.head .chip', { hasText: 'severity::high' }).count(), 1, 'and those of the program');
assert.match(await events.last().textContent(), /hotwash-bot added the labels/);
await look(page, 'gitlab-filed');

// The keyboard reaches the button that only GitLab has.
await page.goto(`${address}issues/1`);
follow(await reached(page, 70), ['comment-send', 'state-close', 'Turn off', 'Set labels']);
assert.equal(await page.getByRole('button', { name: 'Close as not planned' }).count(), 0, 'GitLab has no such reason');

// GitLab's own severity, by a quick action, which leaves no note.
await page.goto(`${address}issues/1`);
const before = await page.locator('article').count();
await comment('bob', '/promote_to_incident\n/severity high');
await says('What bob asked for was carried out.');
assert.deepEqual(await state.allTextContents(), ['Open', 'Confidential', 'Incident', 'Severity: high']);
assert.equal(await page.locator('article').count(), before);

// Reminded of, and answered: what was met is taken back.
await page.getByRole('button', { name: 'To what is due next' }).click();
await says('passed.');
const reminder = page.locator('article.own', { hasText: 'Acknowledge the report' }).last();
assert.match(await reminder.getAttribute('id'), /^note_\d+$/);
const place = await reminder.getAttribute('id');
await comment('bob', '@hotwash ack');
await says('bob commented.');
assert.equal(await page.locator(`[id="${place}"]`).count(), 0, 'the reminder is gone');
assert.equal(await page.locator('details.folded').count(), 0, 'GitLab folds nothing away');

// Shown to others for a moment: the alarm says nothing of the incident, and is taken back.
await page.getByRole('button', { name: 'Turn off' }).click();
await says('made the issue visible to everyone');
assert.deepEqual((await state.allTextContents()).slice(0, 2), ['Open', 'Incident']);
const alarm = page.locator('article.own', { hasText: 'confidential flag' });
assert.equal(await alarm.count(), 1, 'there is an alarm');
await look(page, 'gitlab-exposed');
await page.getByRole('button', { name: 'Turn on' }).click();
await says('made the issue confidential');
assert.equal(await alarm.count(), 0, 'the alarm is taken back');
assert.match(await events.last().textContent(), /made the issue confidential/);

// The text is edited, which GitLab notes; closed, and the report leads to its evidence.
await page.getByRole('link', { name: 'Edit title and text' }).click();
await page.getByLabel('Description').fill(`${await page.getByLabel('Description').inputValue()}\n\nMore is known.`);
await page.getByRole('button', { name: 'Save' }).click();
await says('edited the issue.');
assert.equal(await events.filter({ hasText: 'changed the description' }).count(), 1);
await comment('bob', '@hotwash status resolved');
await says('bob commented.');
await page.getByRole('button', { name: 'Close', exact: true }).click();
await says('bob closed the issue.');
const report = page.locator('article.own', { hasText: 'Retrospective' }).last();
const hrefs = [];
for (const link of await report.getByRole('link').all()) hrefs.push(await link.getAttribute('href'));
assert.ok(hrefs.length > 0 && hrefs.every((href) => href.startsWith('/issues/1')), `links lead to the thread: ${hrefs}`);
const [anchor] = hrefs.filter((href) => href.includes('#note_')).map((href) => href.split('#')[1]);
assert.equal(await page.locator(`article[id="${anchor}"]`).count(), 1, `${anchor} is in the thread`);
await look(page, 'gitlab-report');
await page.getByRole('link', { name: 'Deliveries' }).click();
assert.match(await page.locator('tbody').textContent(), /Confidential Note Hook/);
await look(page, 'gitlab-deliveries');
await done();
