// Plays the suite with Octokit: octokit.mjs PEERS BASE_URL TOKEN SUITE. One JSON object a step on the standard output.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [peers, baseUrl, auth, suite] = process.argv.slice(2);
const { Octokit } = await import(pathToFileURL(`${peers}/node_modules/octokit/dist-bundle/index.js`));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const octokit = new Octokit({ auth, baseUrl, log: quiet, retry: { enabled: false }, throttle: { enabled: false } });
const at = { owner: 'acme', repo: 'incidents' };
const { issues, repos, users } = octokit.rest;

const calls = {
  repo: () => repos.get(at),
  create_label: (w) => issues.createLabel({ ...at, ...w }),
  create_issue: (w) => issues.create({ ...at, ...w }),
  get_issue: (w) => issues.get({ ...at, issue_number: w.number }),
  update_issue: ({ number, ...w }) => issues.update({ ...at, issue_number: number, ...w }),
  add_labels: (w) => issues.addLabels({ ...at, issue_number: w.number, labels: w.labels }),
  set_labels: (w) => issues.setLabels({ ...at, issue_number: w.number, labels: w.labels }),
  issue_labels: (w) => issues.listLabelsOnIssue({ ...at, issue_number: w.number }),
  remove_label: (w) => issues.removeLabel({ ...at, issue_number: w.number, name: w.name }),
  assign: (w) => issues.addAssignees({ ...at, issue_number: w.number, assignees: w.assignees }),
  create_comment: (w) => issues.createComment({ ...at, issue_number: w.number, body: w.body }),
  get_comment: (w) => issues.getComment({ ...at, comment_id: w.comment }),
  update_comment: (w) => issues.updateComment({ ...at, comment_id: w.comment, body: w.body }),
  delete_comment: (w) => issues.deleteComment({ ...at, comment_id: w.comment }),
  list_comments: (w) => all(issues.listComments, { ...at, issue_number: w.number, per_page: w.per_page ?? 100 }),
  list_issues: (w) => all(issues.listForRepo, { ...at, state: w.state }),
  lock: (w) => issues.lock({ ...at, issue_number: w.number, lock_reason: w.reason }),
  unlock: (w) => issues.unlock({ ...at, issue_number: w.number }),
  permission: (w) => repos.getCollaboratorPermissionLevel({ ...at, username: w.login }),
  me: () => users.getAuthenticated(),
};

async function all(method, parameters) {
  return { status: 200, data: await octokit.paginate(method, parameters) };
}

const kept = {};
for (const { step, call, with: given = {}, keep } of JSON.parse(readFileSync(suite, 'utf8'))) {
  const parameters = { ...given };
  if (typeof parameters.comment === 'string') parameters.comment = kept[parameters.comment];
  try {
    const { status, data } = await calls[call](parameters);
    if (keep) kept[keep] = data.id;
    console.log(JSON.stringify({ step, status, data: data ?? null }));
  } catch (error) {
    if (!error.status) throw error;
    console.log(JSON.stringify({ step, status: error.status, data: error.response?.data ?? null }));
  }
}
