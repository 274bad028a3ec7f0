// Plays the suite with @gitbeaker/rest: gitbeaker.mjs PEERS URL TOKEN SUITE. One JSON object a step on the standard output.
// TOKEN stands for alice; with `alice` in it replaced by another name it stands for somebody else.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [peers, host, token, suite] = process.argv.slice(2);
const { Gitlab } = await import(pathToFileURL(`${peers}/node_modules/@gitbeaker/rest/dist/index.mjs`));
const path = 'acme/incidents';
const mutation = `mutation issueSetSeverity($path: ID!, $iid: String!, $severity: IssuableSeverity!) {
  issueSetSeverity(input: {projectPath: $path, iid: $iid, severity: $severity}) { errors issue { iid severity } }
}`;
const callers = {};
const caller = (name) => (callers[name] ??= new Gitlab({ host, token: token.replace('alice', name) }));
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const options = ({ issue, note, hook, ...w }) => Object.fromEntries(Object.entries(w).map(([n, v]) => [camel(n), v]));

async function graphql(name, w) {
  const headers = { 'content-type': 'application/json', 'private-token': token.replace('alice', name) };
  const variables = { path, iid: String(w.issue), severity: w.severity };
  const body = JSON.stringify({ query: mutation, variables });
  return (await fetch(`${host}/api/graphql`, { method: 'POST', headers, body })).json();
}

const calls = {
  project: (api) => api.Projects.show(path),
  me: (api) => api.Users.showCurrentUser(),
  token: (api) => api.PersonalAccessTokens.show(),
  members: (api) => api.ProjectMembers.all(path, { includeInherited: true }),
  create_label: (api, { name, color, ...w }) => api.ProjectLabels.create(path, name, color, w),
  labels: (api) => api.ProjectLabels.all(path),
  create_issue: (api, { title, ...w }) => api.Issues.create(path, title, options(w)),
  issue: (api, w) => api.Issues.show(w.issue, { projectId: path }),
  issues: (api, w) => api.Issues.all({ projectId: path, ...options(w) }),
  edit_issue: (api, w) => api.Issues.edit(path, w.issue, options(w)),
  create_note: (api, { body, ...w }) => api.IssueNotes.create(path, w.issue, body, options(w)),
  note: (api, w) => api.IssueNotes.show(path, w.issue, w.note),
  notes: (api, w) => api.IssueNotes.all(path, w.issue, options(w)),
  edit_note: (api, w) => api.IssueNotes.edit(path, w.issue, w.note, options(w)),
  delete_note: (api, w) => api.IssueNotes.remove(path, w.issue, w.note),
  award_note: (api, w) => api.IssueNoteAwardEmojis.award(path, w.issue, w.note, w.name),
  award_issue: (api, w) => api.IssueAwardEmojis.award(path, w.issue, w.name),
  create_discussion: (api, w) => api.IssueDiscussions.create(path, w.issue, w.body),
  reply: (api, w) => api.IssueDiscussions.addNote(path, w.issue, w.discussion, w.body),
  discussions: (api, w) => api.IssueDiscussions.all(path, w.issue),
  label_events: (api, w) => api.IssueLabelEvents.all(path, w.issue),
  state_events: (api, w) => api.IssueStateEvents.all(path, w.issue),
  create_link: async (api, w) => api.IssueLinks.create(path, w.issue, (await api.Projects.show(path)).id, w.to),
  links: (api, w) => api.IssueLinks.all(path, w.issue),
  create_hook: (api, { url, ...w }) => api.ProjectHooks.add(path, url, options(w)),
  hook: (api, w) => api.ProjectHooks.show(path, w.hook),
  hooks: (api) => api.ProjectHooks.all(path),
  edit_hook: (api, { url, ...w }) => api.ProjectHooks.edit(path, w.hook, url, options(w)),
  delete_hook: (api, w) => api.ProjectHooks.remove(path, w.hook),
  hook_events: (api, w) => raw(api, 'get', `${encodeURIComponent(path)}/hooks/${w.hook}/events`),
  resend: (api, w) => raw(api, 'post', `${encodeURIComponent(path)}/hooks/${w.hook}/events/${w.event}/resend`),
  severity: (api, w, name) => graphql(name, w),
};

// What the library has no method for; paths begin behind `projects/`.
async function raw(api, method, endpoint) {
  return (await api.ProjectHooks.requester[method](endpoint, {})).body;
}

const kept = {};
for (const { step, call, with: given = {}, as: name = 'alice', keep } of JSON.parse(readFileSync(suite, 'utf8'))) {
  const known = Object.entries(given).map(([field, value]) => [field, typeof value === 'string' ? kept[value] ?? value : value]);
  try {
    const data = await calls[call](caller(name), Object.fromEntries(known), name);
    if (keep) kept[keep] = data.id;
    console.log(JSON.stringify({ step, status: null, data: data ?? null }));
  } catch (error) {
    const status = error.cause?.response?.status;
    if (!status) throw error;
    console.log(JSON.stringify({ step, status, data: null }));
  }
}
