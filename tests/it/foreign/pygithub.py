"""Plays the suite with PyGithub: pygithub.py PEERS BASE_URL TOKEN SUITE. One JSON object a step on the standard output."""

import json
import sys

peers, base_url, token, suite = sys.argv[1:]
sys.path.insert(0, f"{peers}/python")

from github import Auth, Github, GithubException  # noqa: E402

github = Github(auth=Auth.Token(token), base_url=base_url, retry=None, seconds_between_requests=0, seconds_between_writes=0)
kept = {}


def repo():
    return github.get_repo("acme/incidents")


def issue(w):
    return repo().get_issue(w["number"])


def found(w):
    """The comment by its number, wherever it stands."""
    return repo().get_issue(1).get_comment(w["comment"])


def update_issue(w):
    one = issue(w)
    one.edit(**{name: value for name, value in w.items() if name != "number"})
    return one


def edited(w):
    one = found(w)
    one.edit(w["body"])
    return one


def labels_after(w, change):
    one = issue(w)
    change(one)
    return list(one.get_labels())


def assigned(w):
    one = issue(w)
    one.add_to_assignees(*w["assignees"])
    return one


def comments(w):
    pages = Github(auth=Auth.Token(token), base_url=base_url, retry=None, per_page=w.get("per_page", 100))
    return list(pages.get_repo("acme/incidents").get_issue(w["number"]).get_comments())


CALLS = {
    "repo": lambda w: repo(),
    "create_label": lambda w: repo().create_label(**w),
    "create_issue": lambda w: repo().create_issue(**w),
    "get_issue": issue,
    "update_issue": update_issue,
    "add_labels": lambda w: labels_after(w, lambda one: one.add_to_labels(*w["labels"])),
    "set_labels": lambda w: labels_after(w, lambda one: one.set_labels(*w["labels"])),
    "remove_label": lambda w: labels_after(w, lambda one: one.remove_from_labels(w["name"])),
    "issue_labels": lambda w: list(issue(w).get_labels()),
    "assign": assigned,
    "create_comment": lambda w: issue(w).create_comment(w["body"]),
    "get_comment": found,
    "update_comment": edited,
    "delete_comment": lambda w: found(w).delete(),
    "list_comments": comments,
    "list_issues": lambda w: list(repo().get_issues(state=w["state"])),
    "lock": lambda w: issue(w).lock(w["reason"]),
    "unlock": lambda w: issue(w).unlock(),
    "permission": lambda w: {"permission": repo().get_collaborator_permission(w["login"])},
    "me": lambda w: whole(github.get_user()),
}


def whole(user):
    user.login  # fetches the rest
    return user


def plain(data):
    if isinstance(data, list):
        return [plain(one) for one in data]
    return getattr(data, "raw_data", data)


with open(suite, encoding="utf-8") as file:
    steps = json.load(file)
for one in steps:
    given = dict(one.get("with", {}))
    if isinstance(given.get("comment"), str):
        given["comment"] = kept[given["comment"]]
    try:
        data = CALLS[one["call"]](given)
        if "keep" in one:
            kept[one["keep"]] = data.id
        print(json.dumps({"step": one["step"], "status": None, "data": plain(data)}))
    except GithubException as error:
        print(json.dumps({"step": one["step"], "status": error.status, "data": error.data}))
