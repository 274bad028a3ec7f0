// Keeps of GitHub's description of its API what is used here: trim.mjs FULL TRIMMED. The whole takes a minute to load.
import { readFileSync, writeFileSync } from 'node:fs';

const [full, trimmed] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(full, 'utf8'));
const used = /^\/(user$|users\/\{username\}$|app($|\/installations|\/hook)|installation\/|rate_limit|repos\/\{owner\}\/\{repo\}($|\/(issues|labels|hooks|installation|collaborators|assignees|contents)))/;
spec.paths = Object.fromEntries(Object.entries(spec.paths).filter(([path]) => used.test(path)));
delete spec.webhooks;
delete spec['x-webhooks'];

// A path with a folder in it is one parameter there, which Prism takes for one part of an address.
const contents = '/repos/{owner}/{repo}/contents/';
const { get } = spec.paths[`${contents}{path}`];
const folder = { name: 'folder', in: 'path', required: true, schema: { type: 'string' } };
spec.paths[`${contents}{folder}/{path}`] = { get: { ...get, parameters: [...get.parameters, folder] } };

// In the list of installations an owner is described as an account and an enterprise at once; everywhere else, as either.
const mend = (node) => {
  if (node === null || typeof node !== 'object') return;
  const account = node.properties?.account;
  if (account?.allOf?.some(({ title }) => title === 'Enterprise')) {
    account.anyOf = account.allOf;
    delete account.allOf;
  }
  Object.values(node).forEach(mend);
};
mend(spec.paths);

// Where no body is described, Hotwash may send an empty object: with a body, no redirection is followed to another place.
const nothing = { content: { 'application/json': { schema: { type: 'object', maxProperties: 0 } } } };
for (const operations of Object.values(spec.paths)) {
  for (const method of ['post', 'put', 'patch', 'delete']) {
    if (operations[method]) operations[method].requestBody ??= nothing;
  }
}

// Components that nothing refers to any more, directly or through others.
const wanted = new Set();
const visit = (node) => {
  if (Array.isArray(node)) return node.forEach(visit);
  if (node === null || typeof node !== 'object') return;
  if (typeof node.$ref === 'string' && !wanted.has(node.$ref)) {
    wanted.add(node.$ref);
    const [, , kind, name] = node.$ref.split('/');
    visit(spec.components[kind]?.[name]);
  }
  Object.values(node).forEach(visit);
};
visit(spec.paths);
for (const [kind, entries] of Object.entries(spec.components)) {
  if (kind === 'securitySchemes') continue;
  const kept = Object.entries(entries).filter(([name]) => wanted.has(`#/components/${kind}/${name}`));
  // Examples are not looked at, and most of the size.
  spec.components[kind] = kind === 'examples' ? Object.fromEntries(kept.map(([name]) => [name, { value: null }])) : Object.fromEntries(kept);
}
writeFileSync(trimmed, JSON.stringify(spec));
