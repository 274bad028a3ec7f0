"""Walks a project as a foreign reader: walk.py PEERS FORGE URL TOKEN PATH. One JSON object an issue, oldest first.

On GitHub it reads with PyGithub, on GitLab with python-gitlab.
"""

import json
import sys

peers, forge, url, token, path = sys.argv[1:]
sys.path.insert(0, f"{peers}/python")


def on_github():
    from github import Auth, Github

    project = Github(auth=Auth.Token(token), base_url=url, retry=None, per_page=30).get_repo(path)
    for issue in project.get_issues(state="all", direction="asc", sort="created"):
        yield {
            "number": issue.number,
            "title": issue.title,
            "open": issue.state == "open",
            "labels": sorted(label.name for label in issue.labels),
            "comments": [{"by": one.user.login, "body": one.body} for one in issue.get_comments()],
        }


def on_gitlab():
    import gitlab

    project = gitlab.Gitlab(url, private_token=token, per_page=30).projects.get(path)
    for issue in project.issues.list(iterator=True, order_by="created_at", sort="asc"):
        notes = issue.notes.list(iterator=True, order_by="created_at", sort="asc")
        yield {
            "number": issue.iid,
            "title": issue.title,
            "open": issue.state == "opened",
            "labels": sorted(issue.labels),
            "comments": [{"by": one.author["username"], "body": one.body} for one in notes if not one.system],
        }


for found in {"github": on_github, "gitlab": on_gitlab}[forge]():
    print(json.dumps(found))
