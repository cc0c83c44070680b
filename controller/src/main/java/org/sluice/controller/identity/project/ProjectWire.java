package org.sluice.controller.identity.project;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.identity.wire.NameFilters;

/** Projects as the Identity API takes and shows them. */
public final class ProjectWire {
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_DESCRIPTION = 4_096;
    /** Keystone's bounds. */
    private static final int MOST_TAGS = 80;

    private static final int LONGEST_TAG = 255;

    private static final Set<String> KNOWN =
            Set.of("name", "description", "enabled", "tags", "domain_id", "parent_id", "is_domain", "options");

    static final View<Project> VIEW = View.<Project>of("project", "projects")
            .member("id", Project::id)
            .member("name", Project::name)
            .member("domain_id", project -> DefaultDomain.ID)
            .member("description", Project::description)
            .member("enabled", Project::enabled)
            .member("parent_id", project -> DefaultDomain.ID)
            .member("is_domain", project -> false)
            .member("tags", Project::tags)
            .member("options", project -> Map.of())
            .memberShown("links", (project, shown) -> IdentityLinks.self(shown, "projects", project.id()))
            .build();

    static final ListQuery<Project> LIST = NameFilters.add(ListQuery.of(VIEW), "name")
            .filter("enabled", Filter.truth("enabled"))
            .filter("domain_id", DefaultDomain.FILTER)
            .filter("parent_id", DefaultDomain.FILTER)
            .filter("is_domain", Filter.truth("false"))
            .filter("tags", Filter.hasAll("tags"))
            .filter("tags-any", Filter.hasAny("tags"))
            .filter("not-tags", Filter.not(Filter.hasAll("tags")))
            .filter("not-tags-any", Filter.not(Filter.hasAny("tags")))
            .sort("name", "name", Project::name)
            .unique("id", "id", Project::id, Project::id)
            .usually("name", true)
            .build();

    private ProjectWire() {}

    /** Reads a project that is to be made, which needs a name. */
    static ProjectChange readNew(Fields fields) {
        ProjectChange said = read(fields);
        fields.text("name", 1, LONGEST_NAME);
        return said;
    }

    /** Reads what changes of a project. */
    public static ProjectChange read(Fields fields) {
        fields.onlyKnows(KNOWN);
        DefaultDomain.requireIn(fields);
        if (fields.strictFlag("is_domain").orElse(false)) {
            throw fields.refused("is_domain", "must be false: there is one domain, and no more can be made");
        }
        fields.refuseValue("options", "must be empty: no resource options are offered");
        if (!fields.optionalText("parent_id", 0, 64).orElse(DefaultDomain.ID).equals(DefaultDomain.ID)) {
            throw fields.refused("parent_id", "must be " + DefaultDomain.ID + ": projects have no projects below them");
        }
        return new ProjectChange(
                fields.has("name") ? Optional.of(name(fields)) : Optional.empty(),
                fields.has("description")
                        ? Optional.of(fields.optionalText("description", 0, LONGEST_DESCRIPTION)
                                .orElse(""))
                        : Optional.empty(),
                fields.strictFlag("enabled"),
                fields.has("tags") ? Optional.of(tags(fields)) : Optional.empty());
    }

    private static String name(Fields fields) {
        String name = fields.text("name", 1, LONGEST_NAME);
        if (name.isBlank()) {
            throw fields.refused("name", "must not be empty");
        }
        return name;
    }

    /** Reads the member {@code tags}, which must be there. */
    static List<String> tags(Fields fields) {
        fields.needs("tags");
        List<String> tags = fields.texts("tags", MOST_TAGS, 1, LONGEST_TAG);
        if (!tags.stream().allMatch(ProjectWire::isTag)) {
            throw fields.refused("tags", "must be a list of texts without ',' and '/'");
        }
        return tags;
    }

    /** Whether the text can be a tag. */
    static boolean isTag(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_TAG && !text.contains(",") && !text.contains("/");
    }

    /** Whether so many tags are too many. */
    static boolean isTooMany(int tags) {
        return tags > MOST_TAGS;
    }
}
