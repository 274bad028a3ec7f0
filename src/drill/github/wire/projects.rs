//! Repositories and their labels.

use serde_json::{Value, json};

use super::{super::WEB, Wire, node, people::merge, people::permissions, people::role, stamp};
use crate::{
    domain::snapshot::Visibility,
    drill::model::{Access, Kind, Label, Project, User},
};

/// Addresses below a repository's own, as GitHub names and spells them.
const BELOW: [(&str, &str); 37] = [
    ("forks_url", "/forks"),
    ("keys_url", "/keys{/key_id}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("teams_url", "/teams"),
    ("hooks_url", "/hooks"),
    ("issue_events_url", "/issues/events{/number}"),
    ("events_url", "/events"),
    ("assignees_url", "/assignees{/user}"),
    ("branches_url", "/branches{/branch}"),
    ("tags_url", "/tags"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("trees_url", "/git/trees{/sha}"),
    ("statuses_url", "/statuses/{sha}"),
    ("languages_url", "/languages"),
    ("stargazers_url", "/stargazers"),
    ("contributors_url", "/contributors"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("commits_url", "/commits{/sha}"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("comments_url", "/comments{/number}"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("contents_url", "/contents/{+path}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("merges_url", "/merges"),
    ("archive_url", "/{archive_format}{/ref}"),
    ("downloads_url", "/downloads"),
    ("issues_url", "/issues{/number}"),
    ("pulls_url", "/pulls{/number}"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("labels_url", "/labels{/name}"),
    ("releases_url", "/releases{/id}"),
    ("deployments_url", "/deployments"),
    ("url", ""),
];

impl Wire<'_> {
    /// The API's address of a repository.
    pub(in super::super) fn repository_url(&self, project: &Project) -> String {
        format!("{}/repos/{}", self.base, self.world.path(project))
    }

    /// Where people would read it.
    pub(in super::super) fn repository_page(&self, project: &Project) -> String {
        format!("{WEB}/{}", self.world.path(project))
    }

    /// A repository.
    pub(in super::super) fn repository(&self, project: &Project) -> Value {
        let (api, page, path) = (self.repository_url(project), self.repository_page(project), self.world.path(project));
        let open_issues = self.world.issues(project.id).filter(|issue| issue.open).count();
        let mut whole = json!({
            "id": project.id.0,
            "node_id": node("R", project.id.0),
            "name": project.name,
            "full_name": path,
            "private": project.visibility != Visibility::Public,
            "visibility": visibility(project.visibility),
            "owner": self.user_by_id(project.owner),
            "html_url": page,
            "description": project.description,
            "fork": false,
            "created_at": stamp(project.created_at),
            "updated_at": stamp(project.updated_at),
            "pushed_at": stamp(project.created_at),
            "git_url": format!("{}.git", page.replace("https:", "git:")),
            "ssh_url": format!("git@github.example:{path}.git"),
            "clone_url": format!("{page}.git"),
            "svn_url": page,
            "homepage": null,
            "size": 0,
            "stargazers_count": 0,
            "watchers_count": 0,
            "language": null,
            "mirror_url": null,
            "archived": project.archived,
            "disabled": false,
            "open_issues_count": open_issues,
            "license": null,
            "allow_forking": false,
            "is_template": false,
            "web_commit_signoff_required": false,
            "topics": [],
            "forks_count": 0,
            "forks": 0,
            "open_issues": open_issues,
            "watchers": 0,
            "default_branch": "main",
        });
        let switches = json!({
            "has_issues": project.has_issues, "has_projects": true, "has_downloads": true, "has_wiki": true,
            "has_pages": false, "has_discussions": false,
        });
        merge(&mut whole, switches);
        let below: serde_json::Map<String, Value> =
            BELOW.iter().map(|(name, tail)| ((*name).to_owned(), json!(format!("{api}{tail}")))).collect();
        merge(&mut whole, Value::Object(below));
        whole
    }

    /// A repository on its own, as one caller sees it.
    pub(in super::super) fn repository_for(&self, project: &Project, access: Access) -> Value {
        let mut whole = self.repository(project);
        let more = json!({
            "permissions": permissions(access), "role_name": role(access), "network_count": 0, "subscribers_count": 0,
            "temp_clone_token": "", "allow_squash_merge": true, "allow_merge_commit": true, "allow_rebase_merge": true,
            "allow_auto_merge": false, "delete_branch_on_merge": false, "allow_update_branch": false,
        });
        merge(&mut whole, more);
        let owner = self.world.user_by_id(project.owner);
        if let Some(owner) = owner.filter(|owner| owner.kind == Kind::Organisation) {
            merge(&mut whole, json!({ "organization": self.user(owner) }));
        }
        whole
    }

    /// What somebody may do, as asked for by name.
    pub(in super::super) fn permission(&self, user: &User, access: Access) -> Value {
        let permission = match access {
            Access::Triage => "read",
            Access::Maintain => "write",
            other => role(other),
        };
        json!({ "permission": permission, "user": self.collaborator(user, access), "role_name": role(access) })
    }

    /// A label definition.
    pub(in super::super) fn label(&self, project: &Project, label: &Label) -> Value {
        let coded = percent_encoding::utf8_percent_encode(&label.name, percent_encoding::NON_ALPHANUMERIC);
        json!({
            "id": label.id, "node_id": node("LA", label.id),
            "url": format!("{}/labels/{coded}", self.repository_url(project)), "name": label.name,
            "color": label.color, "default": label.shipped, "description": label.description,
        })
    }
}

pub(in super::super) fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "private",
        Visibility::Internal => "internal",
        Visibility::Public => "public",
    }
}
