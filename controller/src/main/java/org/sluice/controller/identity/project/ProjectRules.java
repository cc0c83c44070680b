package org.sluice.controller.identity.project;

import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;

/** Who may do what with projects, as Keystone's policies say. */
final class ProjectRules {
    private static final String ITS_USERS = "rule:system_reader or project_id:%(project_id)s";

    private static final RowTarget ROWS = RowTarget.ofProject("p.id").with("domain_id", "'" + DefaultDomain.ID + "'");

    static final Rule LIST = Rule.of("identity:list_projects", Who.SYSTEM_READER, "List the projects.")
            .over(ROWS);
    static final Rule LIST_OF_USER = Rule.of(
            "identity:list_user_projects",
            "rule:system_reader or user_id:%(user_id)s",
            "List the projects in which a user has a role.");
    static final Rule LIST_OWN =
            Rule.of("identity:get_auth_projects", Who.ANYONE, "List the projects that a token can be had for.");
    static final Rule GET =
            Rule.of("identity:get_project", ITS_USERS, "Show a project.").over(ROWS);
    static final Rule CREATE = Rule.of("identity:create_project", Who.ADMIN, "Make a project.");
    static final Rule UPDATE = Rule.of("identity:update_project", Who.ADMIN, "Change a project.");
    static final Rule DELETE = Rule.of("identity:delete_project", Who.ADMIN, "Delete a project.");
    static final Rule LIST_TAGS = Rule.of("identity:list_project_tags", ITS_USERS, "List the tags of a project.");
    static final Rule GET_TAG = Rule.of("identity:get_project_tag", ITS_USERS, "Ask whether a project has a tag.");
    static final Rule REPLACE_TAGS =
            Rule.of("identity:update_project_tags", Who.ADMIN, "Replace all tags of a project.");
    static final Rule ADD_TAG = Rule.of("identity:create_project_tag", Who.ADMIN, "Add a tag to a project.");
    static final Rule REMOVE_TAG = Rule.of("identity:delete_project_tag", Who.ADMIN, "Remove a tag from a project.");
    static final Rule REMOVE_TAGS =
            Rule.of("identity:delete_project_tags", Who.ADMIN, "Remove all tags from a project.");

    private ProjectRules() {}

    /** A project as checks see it: {@code project_id}, {@code domain_id}. */
    static Target target(String id) {
        return Target.ofProject(id).with("domain_id", DefaultDomain.ID);
    }
}
