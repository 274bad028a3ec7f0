"""Plays the suite with python-gitlab: pythongitlab.py PEERS URL TOKEN SUITE. One JSON object a step on the standard output.

TOKEN stands for alice; with `alice` in it replaced by another name it stands for somebody else.
"""

import json
import sys

peers, url, token, suite = sys.argv[1:]
sys.path.insert(0, f"{peers}/python")

import gitlab  # noqa: E402

PATH = "acme/incidents"
MUTATION = """mutation issueSetSeverity($path: ID!, $iid: String!, $severity: IssuableSeverity!) {
  issueSetSeverity(input: {projectPath: $path, iid: $iid, severity: $severity}) { errors issue { iid severity } }
}"""
callers = {}
kept = {}


def caller(name):
    secret = token.replace("alice", name)
    return callers.setdefault(name, gitlab.Gitlab(url, private_token=secret, retry_transient_errors=False))


def project(of):
    return of.projects.get(PATH)


def issue(of, w):
    return project(of).issues.get(w["issue"])


def note(of, w):
    return issue(of, w).notes.get(w["note"])


def hook(of, w):
    return project(of).hooks.get(w["hook"])


def without(w, *names):
    return {name: value for name, value in w.items() if name not in names}


def edit_issue(of, w):
    one = issue(of, w)
    for name, value in without(w, "issue").items():
        setattr(one, name, value)
    one.save()
    return one


def edit_note(of, w):
    one = note(of, w)
    one.body = w["body"]
    one.save()
    return one


def edit_hook(of, w):
    one = hook(of, w)
    for name, value in without(w, "hook").items():
        setattr(one, name, value)
    one.save()
    return one


def hook_path(of, w):
    return f"/projects/{project(of).id}/hooks/{w['hook']}/events"


def link(of, w):
    home = project(of)
    pair = home.issues.get(w["issue"]).links.create({"target_project_id": home.id, "target_issue_iid": w["to"]})
    return {"source_issue": plain(pair[0]), "target_issue": plain(pair[1])}


def severity(of, w):
    variables = {"path": PATH, "iid": str(w["issue"]), "severity": w["severity"]}
    return of.http_post(f"{url}/api/graphql", post_data={"query": MUTATION, "variables": variables})


def me(of, _):
    of.auth()
    return of.user


def everything(manager, **given):
    return manager.list(get_all=True, **given)


CALLS = {
    "project": lambda of, w: project(of),
    "me": me,
    "token": lambda of, w: of.personal_access_tokens.get("self"),
    "members": lambda of, w: everything(project(of).members_all),
    "create_label": lambda of, w: project(of).labels.create(w),
    "labels": lambda of, w: everything(project(of).labels),
    "create_issue": lambda of, w: project(of).issues.create(w),
    "issue": issue,
    "issues": lambda of, w: everything(project(of).issues, **w),
    "edit_issue": edit_issue,
    "create_note": lambda of, w: issue(of, w).notes.create(without(w, "issue")),
    "note": note,
    "notes": lambda of, w: everything(issue(of, w).notes, **without(w, "issue")),
    "edit_note": edit_note,
    "delete_note": lambda of, w: note(of, w).delete(),
    "award_note": lambda of, w: note(of, w).awardemojis.create({"name": w["name"]}),
    "award_issue": lambda of, w: issue(of, w).awardemojis.create({"name": w["name"]}),
    "create_discussion": lambda of, w: issue(of, w).discussions.create({"body": w["body"]}),
    "reply": lambda of, w: issue(of, w).discussions.get(w["discussion"]).notes.create({"body": w["body"]}),
    "discussions": lambda of, w: everything(issue(of, w).discussions),
    "label_events": lambda of, w: everything(issue(of, w).resourcelabelevents),
    "state_events": lambda of, w: everything(issue(of, w).resourcestateevents),
    "create_link": link,
    "links": lambda of, w: everything(issue(of, w).links),
    "create_hook": lambda of, w: project(of).hooks.create(w),
    "hook": hook,
    "hooks": lambda of, w: everything(project(of).hooks),
    "edit_hook": edit_hook,
    "delete_hook": lambda of, w: hook(of, w).delete(),
    "hook_events": lambda of, w: of.http_list(hook_path(of, w), get_all=True),
    "resend": lambda of, w: of.http_post(f"{hook_path(of, w)}/{w['event']}/resend"),
    "severity": severity,
}


def plain(data):
    if isinstance(data, (list, tuple)):
        return [plain(one) for one in data]
    if not hasattr(data, "_attrs"):
        return data
    # As it was answered, without what the library adds from the address.
    return {**data._attrs, **data._updated_attrs}


with open(suite, encoding="utf-8") as file:
    steps = json.load(file)
for one in steps:
    given = {name: kept.get(value, value) if isinstance(value, str) else value for name, value in one.get("with", {}).items()}
    try:
        data = CALLS[one["call"]](caller(one.get("as", "alice")), given)
        if "keep" in one:
            kept[one["keep"]] = data.id
        print(json.dumps({"step": one["step"], "status": None, "data": plain(data)}))
    except gitlab.GitlabError as error:
        print(json.dumps({"step": one["step"], "status": error.response_code, "data": None}))
