package org.sluice.controller.identity.project;

import java.util.List;

/**
 * A project (tenant) as the database has it. Every project is of the domain {@code Default}.
 *
 * @param id 32 hexadecimal digits
 * @param name unique
 * @param description free text
 * @param enabled whether tokens can be scoped to it
 * @param tags without repetition, sorted
 */
public record Project(String id, String name, String description, boolean enabled, List<String> tags) {
    public Project {
        tags = tags.stream().distinct().sorted().toList();
    }
}
